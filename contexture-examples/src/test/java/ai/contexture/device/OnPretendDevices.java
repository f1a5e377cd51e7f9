package ai.contexture.device;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests that run on two GPUs that are not there, see {@link PretendDevices}, in a JVM of their own.
 *
 * <p>A test fails where it mixes devices or looks into the memory of a GPU.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("device")
@ExtendWith(PretendDevices.class)
public @interface OnPretendDevices {}
