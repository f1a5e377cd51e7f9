package ai.contexture.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The libtorch operators of {@code operators.py}, loaded once from text.
 *
 * <p>A TorchScript archive is a zip of plain text and two small pickles; it is written in memory at
 * first use, so that libtorch runs operators that DJL's arrays lack, without Python.
 */
final class TorchScript {

  /** The pickle of an object of the class {@code __torch__.Operators} in training mode. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\n"
          + "Operators\n"
          + "q\u0000)\u0081}(X\u0008\u0000\u0000\u0000trainingq\u0001\u0088"
          + "X\u0016\u0000\u0000\u0000_is_full_backward_hookq\u0002Nubq\u0003.";

  /** The pickle of an empty tuple. */
  private static final String NO_CONSTANTS = "\u0080\u0002).";

  /** DJL's property of whether libtorch optimises what it runs, which costs warm-up. */
  private static final String OPTIMIZER = "ai.djl.pytorch.graph_optimizer";

  private TorchScript() {}

  /** One method of the archive, called with arrays. */
  static final class Method {

    private final String name;
    private final NDArray marker;

    private Method(String name) {
      this.name = name;
      marker = Archive.MANAGER.create(0f);
      marker.setName("module_method:" + name);
    }

    /** Calls the method; results belong to the manager of the first array. */
    NDList call(NDArray... arrays) {
      NDList inputs = new NDList(arrays.length + 1);
      for (NDArray array : arrays) {
        inputs.add(array);
      }
      return call(inputs);
    }

    /**
     * Calls the method with one array, lists of arrays and one array more; results belong to the
     * manager of the first.
     */
    NDList call(NDArray first, List<List<NDArray>> lists, NDArray last) {
      return call(new NDList(first), lists, last);
    }

    /** Calls the method with lists of arrays and one array more. */
    NDList call(List<List<NDArray>> lists, NDArray last) {
      return call(new NDList(), lists, last);
    }

    private NDList call(NDList inputs, List<List<NDArray>> lists, NDArray last) {
      List<String> names = new ArrayList<>();
      int before = inputs.size();
      // threads may share the arrays, which have other names meanwhile
      synchronized (lists.get(0).get(0)) {
        for (int i = 0; i < lists.size(); i++) {
          String list = "list" + i + "[]"; // arrays of one such name form a list
          for (NDArray array : lists.get(i)) {
            names.add(array.getName());
            array.setName(list);
            inputs.add(array);
          }
        }
        inputs.add(last);
        try {
          return call(inputs);
        } finally {
          for (int i = 0; i < names.size(); i++) {
            inputs.get(before + i).setName(names.get(i));
          }
        }
      }
    }

    /**
     * Calls the method without recording and without what recording needs.
     *
     * @param arguments arrays, lists of arrays, numbers and double[]
     * @return arrays that can be read and computed with, but not changed in place nor recorded;
     *     they belong to the owner
     */
    NDList compute(NDManager owner, Object... arguments) {
      try (IValue result = run(arguments)) {
        return result.toNDList((PtNDManager) owner);
      }
    }

    /** Calls a method that changes arrays in place, with the same arguments. */
    void update(Object... arguments) {
      run(arguments).close();
    }

    private IValue run(Object... arguments) {
      IValue[] values = new IValue[arguments.length];
      try {
        for (int i = 0; i < values.length; i++) {
          values[i] = value(arguments[i]);
        }
        chooseExecutor();
        return IValueUtils.runMethod((PtSymbolBlock) Archive.BLOCK, name, values);
      } finally {
        for (IValue value : values) {
          if (value != null) {
            value.close();
          }
        }
      }
    }

    /** Does for this thread what DJL does before it calls a block. */
    private static void chooseExecutor() {
      if (System.getProperty(OPTIMIZER) != null) {
        JniUtils.setGraphExecutorOptimize(Boolean.getBoolean(OPTIMIZER));
      }
    }

    private static IValue value(Object argument) {
      if (argument instanceof PtNDArray array) {
        return IValue.from(array);
      }
      if (argument instanceof List<?> arrays) {
        return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
      }
      return argument instanceof Double number
          ? IValue.from(number.doubleValue())
          : IValue.listFrom((double[]) argument);
    }

    private NDList call(NDList inputs) {
      inputs.add(marker);
      return Archive.BLOCK.forward(Archive.PARAMETERS, inputs, true);
    }
  }

  /** Returns whole numbers as a method reads them, in the host's memory until they are closed. */
  static NDArray integers(long... numbers) {
    return Archive.MANAGER.create(numbers);
  }

  /** Returns numbers as a method reads them, in the host's memory until they are closed. */
  static NDArray numbers(double... numbers) {
    return Archive.MANAGER.create(numbers);
  }

  /** Returns the method with this name. */
  static Method method(String name) {
    return new Method(name);
  }

  /** Loads the archive when it is first needed. It has no device: arrays bring theirs. */
  private static final class Archive {
    static final NDManager MANAGER = NDManager.newBaseManager(Device.cpu());
    static final ParameterStore PARAMETERS = new ParameterStore(MANAGER, false);

    /** Kept for good: a model that is collected releases its block. */
    static final Model MODEL = load();

    static final Block BLOCK = MODEL.getBlock();

    private static Model load() {
      try (InputStream text = TorchScript.class.getResourceAsStream("operators.py")) {
        Model model = Model.newInstance("contexture-operators", Device.cpu());
        model.load(new ByteArrayInputStream(archive(text.readAllBytes())));
        return model;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (MalformedModelException e) {
        throw new IllegalStateException("libtorch refused operators.py", e);
      }
    }
  }

  /** Returns an archive with an object of the class that the code describes. */
  static byte[] archive(byte[] code) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "contexture/data.pkl", OBJECT.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "contexture/code/__torch__.py", code);
      put(zip, "contexture/constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
      put(zip, "contexture/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  /** Adds an entry without compression, as libtorch reads it. */
  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
