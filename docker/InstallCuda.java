import ai.contexture.cuda.Artifact;
import ai.contexture.cuda.CudaBuild;
import ai.contexture.cuda.CudaInstallation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** Does what `contexture gpu install` does, for the image: a folder and a Maven repository are given. */
final class InstallCuda {

  private InstallCuda() {}

  public static void main(String[] args) throws IOException {
    CudaInstallation installation = new CudaInstallation(CudaBuild.current(), Path.of(args[0]));
    installation.install(
        installation.plan(null, true, Path.of(args[0], "none"), Map.of()),
        URI.create(args[1]),
        new CudaInstallation.Listener() {
          @Override
          public void begins(Artifact artifact) {
            System.out.println(artifact.coordinates());
          }

          @Override
          public void fetched(long bytes) {}

          @Override
          public void unpacks() {
            System.out.println("unpacking");
          }
        });
  }
}
