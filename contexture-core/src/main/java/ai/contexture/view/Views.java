package ai.contexture.view;

import ai.contexture.input.Component;
import ai.contexture.input.InputException;
import ai.contexture.input.Registry;
import ai.contexture.input.Spec;
import java.util.List;

/** The views by name, as they are written on the command line. */
public final class Views {

  private static final Registry<ViewFactory, Component<ViewFactory>> REGISTRY =
      Registry.of(
          "view",
          List.of(
              Augmentation.COMPONENT,
              Blur.COMPONENT,
              Brightness.COMPONENT,
              Contrast.COMPONENT,
              Crop.COMPONENT,
              Cutmix.COMPONENT,
              Cutout.COMPONENT,
              EdgeDrop.COMPONENT,
              Erase.COMPONENT,
              FeatureMask.COMPONENT,
              Flip.COMPONENT,
              Greyscale.COMPONENT,
              Hue.COMPONENT,
              Masking.COMPONENT,
              Noise.COMPONENT,
              PatchMask.COMPONENT,
              Rotation.COMPONENT,
              Saturation.COMPONENT,
              Scarf.COMPONENT,
              Shift.COMPONENT,
              SimClr.COMPONENT,
              Solarise.COMPONENT,
              Sometimes.COMPONENT));

  private Views() {}

  /** Returns the views that are known. */
  public static Registry<ViewFactory, Component<ViewFactory>> registry() {
    return REGISTRY;
  }

  /**
   * Returns the view that a specification such as {@code scarf(rate=0.6)} stands for.
   *
   * @throws InputException if the name or an option is not known
   */
  public static ViewFactory parse(Spec spec) {
    return REGISTRY.parse(spec);
  }
}
