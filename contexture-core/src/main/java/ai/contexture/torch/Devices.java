package ai.contexture.torch;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The devices that arrays live and are computed on. */
public final class Devices {

  private Devices() {}

  /**
   * Returns the device that a text stands for.
   *
   * @param text {@code auto} (the first GPU if there is one, else the CPU), {@code cpu}, {@code
   *     gpu} or {@code gpu:1}
   * @throws InputException if the text is none of these, or there is no such GPU
   */
  public static Device parse(String text) {
    requireWellFormed(text);
    NativeCache.requireWhole();
    if (text.equals("cpu")) {
      return Device.cpu();
    }
    int count = Engine.getInstance().getGpuCount();
    if (text.equals("auto")) {
      return count > 0 ? Device.gpu() : Device.cpu();
    }
    int index = text.equals("gpu") ? 0 : Integer.parseInt(text.substring("gpu:".length()));
    if (count == 0) {
      throw new InputException(
          Message.of(
              "device %s: no CUDA device was found; it needs an NVIDIA driver and a CUDA build of"
                  + " libtorch (PYTORCH_LIBRARY_PATH with PYTORCH_FLAVOR), or use %s",
              text, Setting.DEVICE.to("cpu")));
    }
    if (index >= count) {
      throw new InputException(
          "device " + text + ": expected gpu:0 to gpu:" + (count - 1) + ", which are there");
    }
    return Device.gpu(index);
  }

  /**
   * Returns the devices that a text stands for, such as {@code gpu:0,gpu:1}.
   *
   * @param text one or more devices between commas; the CPU may be named several times
   * @throws InputException if one is no device, is not there, or a GPU is named twice
   */
  public static List<Device> parseAll(String text) {
    List<Device> devices = Arrays.stream(text.split(",", -1)).map(Devices::parse).toList();
    for (Device device : devices) {
      if (device.isGpu() && Collections.frequency(devices, device) > 1) {
        throw new InputException("device: " + device + " is named twice in " + text);
      }
    }
    return devices;
  }

  /**
   * Checks the form of a device's text without loading the engine.
   *
   * @throws InputException if the text is not a device
   */
  public static void requireWellFormed(String text) {
    if (!text.matches("auto|cpu|gpu(:\\d{1,4})?")) {
      throw new InputException("device: expected auto, cpu, gpu or gpu:N, got '" + text + "'");
    }
  }
}
