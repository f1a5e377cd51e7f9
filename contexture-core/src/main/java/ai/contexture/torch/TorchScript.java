package ai.contexture.torch;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
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
      "\u0080\u0002c__torch__\nOperators\nq\u0000)\u0081}(X\u0008\u0000\u0000\u0000trainingq\u0001\u0088"
          + "X\u0016\u0000\u0000\u0000_is_full_backward_hookq\u0002Nubq\u0003.";

  /** The pickle of an empty tuple. */
  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private TorchScript() {}

  /** One method of the archive, called with arrays. */
  static final class Method {

    private final NDArray marker;

    private Method(String name) {
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

    /** Calls the method with lists of arrays and one array more. */
    NDList call(List<List<NDArray>> lists, NDArray last) {
      NDList inputs = new NDList();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < lists.size(); i++) {
        for (NDArray array : lists.get(i)) {
          names.add(array.getName());
          array.setName("list" + i + "[]"); // arrays of one such name form a list
          inputs.add(array);
        }
      }
      inputs.add(last);
      try {
        return call(inputs);
      } finally {
        for (int i = 0; i < names.size(); i++) {
          inputs.get(i).setName(names.get(i));
        }
      }
    }

    /** Calls a method that changes lists of arrays in place, with numbers, unrecorded. */
    void update(List<List<NDArray>> lists, double... numbers) {
      try (NDManager host = Archive.MANAGER.newSubManager(Device.cpu())) {
        NDArray options = host.create(numbers);
        Torch.withoutGradient(() -> call(lists, options)).close();
      }
    }

    private NDList call(NDList inputs) {
      inputs.add(marker);
      return Archive.BLOCK.forward(Archive.PARAMETERS, inputs, true);
    }
  }

  /** Returns the method with this name. */
  static Method method(String name) {
    return new Method(name);
  }

  /** Loads the archive when it is first needed. */
  private static final class Archive {
    static final NDManager MANAGER = NDManager.newBaseManager();
    static final ParameterStore PARAMETERS = new ParameterStore(MANAGER, false);

    /** Kept for good: a model that is collected releases its block. */
    static final Model MODEL = load();

    static final Block BLOCK = MODEL.getBlock();

    private static Model load() {
      try (InputStream text = TorchScript.class.getResourceAsStream("operators.py")) {
        Model model = Model.newInstance("contexture-operators");
        model.load(new ByteArrayInputStream(archive(text.readAllBytes())));
        return model;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (MalformedModelException e) {
        throw new IllegalStateException("libtorch refused operators.py", e);
      }
    }
  }

  private static byte[] archive(byte[] code) throws IOException {
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
