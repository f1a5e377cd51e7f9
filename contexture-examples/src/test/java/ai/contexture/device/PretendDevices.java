package ai.contexture.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.MemoryUsage;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.MethodDelegation;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives DJL two GPUs that are not there: arrays carry the device that was asked for, and libtorch
 * computes on the CPU.
 *
 * <p>An agent puts {@link Ledger} before every native method of DJL's bridge to libtorch, which it
 * can do only before that class is loaded; surefire's execution {@code devices} starts the JVM so.
 */
final class PretendDevices implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

  /** GPUs that DJL finds. */
  static final int COUNT = 2;

  /** Bytes of memory that each of them has. */
  static final long MEMORY = 1L << 34;

  private static boolean installed;

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!installed) {
      install();
      installed = true;
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Ledger.LEDGER.clear();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(Ledger.LEDGER.faults()).as("faults of devices").isEmpty();
  }

  private static void install() {
    new AgentBuilder.Default()
        .enableNativeMethodPrefix("real_")
        .type(ElementMatchers.named("ai.djl.pytorch.jni.PyTorchLibrary"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder
                    .method(ElementMatchers.isNative())
                    .intercept(MethodDelegation.to(Ledger.class)))
        .type(ElementMatchers.named("ai.djl.util.cuda.CudaUtils"))
        .transform(
            (builder, type, loader, module, domain) ->
                builder
                    .method(ElementMatchers.named("getGpuCount"))
                    .intercept(FixedValue.value(COUNT))
                    .method(
                        ElementMatchers.named("getCudaVersionString")
                            .or(ElementMatchers.named("getComputeCapability")))
                    .intercept(FixedValue.value("128"))
                    .method(ElementMatchers.named("getGpuMemory"))
                    .intercept(FixedValue.value(new MemoryUsage(-1, 0, MEMORY, MEMORY))))
        .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
        .installOn(ByteBuddyAgent.getInstrumentation());
  }
}
