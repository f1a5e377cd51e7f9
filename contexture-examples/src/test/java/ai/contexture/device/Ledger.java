package ai.contexture.device;

import static java.util.stream.Collectors.joining;

import ai.contexture.torch.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.bytebuddy.implementation.bind.annotation.AllArguments;
import net.bytebuddy.implementation.bind.annotation.Origin;
import net.bytebuddy.implementation.bind.annotation.RuntimeType;
import net.bytebuddy.implementation.bind.annotation.SuperCall;
import net.bytebuddy.implementation.bind.annotation.This;

/**
 * On which pretended device each of libtorch's handles is, what crossed between devices, and what a
 * real device would have refused.
 *
 * <p>As in libtorch, a scalar of the host may meet arrays of a device, an index of the host may
 * choose from them (for which it is copied), and a method of {@code operators.py} may take what it
 * reads on the host anyway.
 */
public final class Ledger {

  /** That of this JVM. */
  public static final Ledger LEDGER = new Ledger();

  private static final String HOST = "cpu";

  /** What methods of operators.py read on the host. */
  private static final Set<String> READ_ON_HOST =
      Set.of(
          "options",
          "share",
          "seed",
          "heads",
          "training",
          "width",
          "size",
          "name",
          "scale",
          "count",
          "bound");

  /** What only asks about an array. */
  private static final Set<String> ASKS =
      Set.of(
          "torchDevice",
          "torchSizes",
          "torchDType",
          "torchLayout",
          "torchIsContiguous",
          "torchRequiresGrad");

  private static final Set<String> RAW =
      Set.of("torchDirectByteBuffer", "torchDataPtr", "torchSet");

  /** What makes the host wait for a device to know a shape or an answer. */
  private static final Set<String> WAITS =
      Set.of("contentEqual", "torchNonZeros", "torchMaskedSelect", "torchUnique");

  /** What takes each number with its partner, so that a scalar of the host may be one of them. */
  private static final Set<String> BY_NUMBER =
      Set.of(
          "torchAdd",
          "torchSub",
          "torchMul",
          "torchTrueDivide",
          "torchRemainder",
          "torchPow",
          "torchMaximum",
          "torchMinimum",
          "torchXLogY",
          "torchAtan2",
          "torchEq",
          "torchNeq",
          "torchGt",
          "torchGte",
          "torchLt",
          "torchLte",
          "torchLogicalAnd",
          "torchLogicalOr",
          "torchLogicalXor",
          "torchWhere",
          "torchAddi",
          "torchSubi",
          "torchMuli",
          "torchTrueDividei",
          "torchRemainderi",
          "torchPowi");

  /** What takes sizes in a long[], not handles. */
  private static final Set<String> SIZES = Set.of("torchReshape", "torchExpand", "torchRepeat");

  /**
   * Calls whose results are arrays or hold them. An index is on a device once it holds an array.
   */
  private static final Pattern HOLDS_ARRAYS =
      Pattern.compile(
          "torch(?!GetNum|IndexInit).*|tensor.*|conj|moduleRunMethod"
              + "|iValue(From|To)(Tensor|TensorList|List|Tuple|Map|IValueList|IValueTuple)");

  private final Map<Long, String> devices = new ConcurrentHashMap<>();
  private final Map<String, List<String>> parameters = parameters();
  private final Map<String, Integer> uploads = new TreeMap<>();
  private final Map<String, Integer> reads = new TreeMap<>();
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<Long, String> hostCopies = new TreeMap<>();
  private final Set<String> calls = new LinkedHashSet<>();
  private int operations;

  private Ledger() {}

  /** Copies to a device, by the place in the code that asked for them. */
  public synchronized Map<String, Integer> uploads() {
    return new TreeMap<>(uploads);
  }

  /** Copies from a device, and other waits for it, by the place in the code. */
  public synchronized Map<String, Integer> reads() {
    return new TreeMap<>(reads);
  }

  /** What a real device would have refused, by the place in the code. */
  public synchronized Map<String, Integer> faults() {
    return new TreeMap<>(faults);
  }

  /** Copies of a device's arrays on the host that are still there, by the place in the code. */
  public synchronized List<String> hostCopies() {
    return List.copyOf(hostCopies.values());
  }

  /** Methods of operators.py that were called with an array of a device. */
  public synchronized Set<String> calls() {
    return new LinkedHashSet<>(calls);
  }

  /** Calls of libtorch's operations. */
  public synchronized int operations() {
    return operations;
  }

  /** Forgets all but where handles are. */
  public synchronized void clear() {
    uploads.clear();
    reads.clear();
    faults.clear();
    hostCopies.clear();
    operations = 0;
  }

  /** The names of the parameters of each method of operators.py, without self. */
  private static Map<String, List<String>> parameters() {
    try (InputStream text = Torch.class.getResourceAsStream("operators.py")) {
      Map<String, List<String>> found = new HashMap<>();
      Matcher method =
          Pattern.compile("def (\\w+)\\(self: [^,)]+(.*)\\) ->")
              .matcher(new String(text.readAllBytes(), StandardCharsets.UTF_8));
      while (method.find()) {
        List<String> names = new ArrayList<>();
        Matcher name = Pattern.compile("(\\w+):").matcher(method.group(2));
        while (name.find()) {
          names.add(name.group(1));
        }
        found.put(method.group(1), names);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stands before a native method. */
  @RuntimeType
  public static Object intercept(
      @Origin Method method,
      @AllArguments Object[] arguments,
      @SuperCall Callable<Object> real,
      @This Object library)
      throws Exception {
    return LEDGER.call(method.getName(), arguments, real, library);
  }

  private synchronized Object call(
      String name, Object[] arguments, Callable<Object> real, Object library) throws Exception {
    if (name.startsWith("torchDelete")) {
      devices.remove(arguments[0]);
      hostCopies.remove(arguments[0]);
      return real.call();
    }
    if (name.equals("torchDevice") && gpu(of(arguments[0]))) {
      return device(of(arguments[0]));
    }
    if (name.equals("torchCudaEmptyCache")) {
      return null;
    }
    if (ASKS.contains(name)) {
      return real.call();
    }
    if (name.equals("torchShowConfig")) {
      Object shown = real.call();
      @SuppressWarnings("unchecked")
      Set<String> features = (Set<String>) arguments[0];
      features.add("CUDA");
      return shown;
    }
    String asked = asked(name, arguments);
    List<String> met = met(name, arguments, library);
    String device =
        asked != null ? asked : met.stream().filter(Ledger::gpu).findFirst().orElse(HOST);
    boolean moves = name.equals("torchTo") && !of(arguments[0]).equals(asked);
    if (gpu(device) && name.startsWith("torch")) {
      operations++;
    }
    if (RAW.contains(name) && gpu(of(arguments[0]))) {
      fault(name + " of an array of " + of(arguments[0]));
      return real.call();
    }
    if (name.equals("torchFromBlob") && gpu(device)) {
      note(uploads, "new array");
    }
    if (moves) {
      note(gpu(of(arguments[0])) && !gpu(asked) ? reads : uploads, "to " + asked);
    }
    if (WAITS.contains(name) && gpu(device)) {
      note(reads, name);
    }
    Object made = real.call();
    if (moves || (name.equals("torchFromBlob") && gpu(device))) {
      made = own(library, (Long) made); // the real thing copies
    }
    if (moves && !gpu(asked)) {
      hostCopies.put((Long) made, site());
    }
    tag(name, made, result(name, arguments, device));
    if (name.equals("torchIndexAppendArray")) {
      devices.put((Long) arguments[0], of(arguments[1]));
    }
    return made;
  }

  private static Object own(Object library, long shared) {
    long copy = (Long) invoke(library, "tensorClone", shared);
    invoke(library, "torchDeleteTensor", shared);
    return copy;
  }

  private static Object invoke(Object library, String name, long handle) {
    try {
      Method method = library.getClass().getDeclaredMethod(name, long.class);
      method.setAccessible(true);
      return method.invoke(library, handle);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The device that a call asks for, which is taken out of the arguments; null for none. */
  private static String asked(String name, Object... arguments) {
    if (name.equals("torchNorm")) {
      return null;
    }
    String asked = null;
    for (Object argument : arguments) {
      if (argument instanceof int[] device && device.length == 2) {
        asked = device[0] == 1 ? "gpu" + Math.max(0, device[1]) : HOST;
        device[0] = 0;
        device[1] = -1;
      }
    }
    return asked;
  }

  /** The devices that the arguments of a call are on. What cannot meet is a fault. */
  private List<String> met(String name, Object[] arguments, Object library) {
    if (name.equals("moduleRunMethod")) {
      return metByMethod((String) arguments[1], (long[]) arguments[2]);
    }
    List<Long> handles = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Long handle && devices.containsKey(handle)) {
        handles.add(handle);
      }
      if (argument instanceof long[] several && !SIZES.contains(name)) {
        Arrays.stream(several).filter(devices::containsKey).forEach(handles::add);
      }
    }
    List<String> met = handles.stream().map(this::of).distinct().toList();
    boolean mixed = met.size() > 1 && !name.startsWith("torchIndexAppend");
    if (!mixed || name.equals("torchTo") || listOfValues(name)) {
      return met;
    }
    boolean gpus = met.stream().filter(Ledger::gpu).count() > 1;
    if (name.equals("torchIndexAdvGet") && !gpus && gpu(of(handles.get(0)))) {
      note(uploads, "index");
    } else if (gpus || !BY_NUMBER.contains(name) || !hostIsScalar(name, handles, library)) {
      fault(name + " of " + met);
    }
    return met;
  }

  private static boolean listOfValues(String name) {
    return name.equals("iValueFromTuple") || name.equals("iValueFromList");
  }

  private boolean hostIsScalar(String name, List<Long> handles, Object library) {
    boolean changed = name.endsWith("i") && !gpu(of(handles.get(0)));
    return !changed
        && handles.stream()
            .filter(handle -> !gpu(of(handle)))
            .allMatch(handle -> ((long[]) invoke(library, "torchSizes", handle)).length == 0);
  }

  private List<String> metByMethod(String method, long... values) {
    List<String> names = parameters.getOrDefault(method, List.of());
    List<String> met = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      String device = of(values[i]);
      boolean read = i < names.size() && READ_ON_HOST.contains(names.get(i));
      if (devices.containsKey(values[i]) && !read) {
        met.add(device);
      } else if (gpu(device)) {
        note(reads, method + "(" + names.get(i) + ")");
      }
    }
    List<String> different = met.stream().distinct().toList();
    boolean copies = method.equals("to_like") || method.equals("copy");
    if (different.size() > 1 && !copies) {
      fault(method + " of " + different);
    }
    if (different.stream().anyMatch(Ledger::gpu)) {
      calls.add(method);
    }
    if (copies && different.size() > 1) {
      int from = method.equals("copy") ? 1 : 0;
      note(gpu(met.get(from)) && !gpu(met.get(1 - from)) ? reads : uploads, method);
    }
    return different;
  }

  private String result(String name, Object[] arguments, String device) {
    if (!name.equals("moduleRunMethod")) {
      return device;
    }
    long[] values = (long[]) arguments[2];
    return switch ((String) arguments[1]) {
      case "to_like" -> of(values[1]);
      case "copy" -> of(values[0]);
      default -> device;
    };
  }

  private void tag(String name, Object made, String device) {
    if (!HOLDS_ARRAYS.matcher(name).matches()) {
      return;
    }
    if (made instanceof Long handle) {
      devices.put(handle, device);
    }
    if (made instanceof long[] handles) {
      Arrays.stream(handles).forEach(handle -> devices.put(handle, device));
    }
  }

  private String of(Object handle) {
    return devices.getOrDefault(handle, HOST);
  }

  private static boolean gpu(String device) {
    return !device.equals(HOST);
  }

  private static int[] device(String gpu) {
    return new int[] {1, Integer.parseInt(gpu.substring("gpu".length()))};
  }

  private void fault(String what) {
    note(faults, what);
  }

  private static void note(Map<String, Integer> where, String what) {
    where.merge(what + " @ " + site(), 1, Integer::sum);
  }

  /** Our three nearest frames. */
  private static String site() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> frame.getClassName().startsWith("ai.contexture."))
                    .filter(frame -> !ours(frame.getClassName()))
                    .limit(3)
                    .map(frame -> frame.getFileName().replace(".java", ":") + frame.getLineNumber())
                    .collect(joining(" < ")));
  }

  private static boolean ours(String name) {
    return Stream.of(Ledger.class, PretendDevices.class)
        .anyMatch(type -> name.startsWith(type.getName()));
  }
}
