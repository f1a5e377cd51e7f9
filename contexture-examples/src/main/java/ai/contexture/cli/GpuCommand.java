package ai.contexture.cli;

import ai.contexture.cuda.Artifact;
import ai.contexture.cuda.CudaBuild;
import ai.contexture.cuda.CudaInstallation;
import ai.contexture.cuda.MavenSettings;
import ai.contexture.input.InputException;
import ai.contexture.input.Text;
import com.sun.jna.NativeLibrary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a machine with an NVIDIA GPU ready. */
@Command(
    name = "gpu",
    header = "Set up a machine with an NVIDIA GPU",
    description = {
      "Installs libtorch for CUDA, and CUDA itself if the system has none, from Maven"
          + " Central into a",
      "folder of yours. Where an NVIDIA driver is loaded, contexture then uses the GPU."
    },
    customSynopsis = "contexture gpu install|status|remove [OPTIONS]",
    commandListHeading = "Commands:",
    footer = {
      "  contexture gpu install",
      "  contexture gpu install --cuda-home /usr/local/cuda-12.6",
      "  contexture gpu status",
      "  CONTEXTURE_GPU=off contexture pretrain     as if nothing were installed",
      "  CONTEXTURE_GPU=on contexture doctor        also where no driver is loaded"
    })
final class GpuCommand implements Callable<Integer> {

  private static final double GB = 1e9;

  private final Terminal terminal;
  @Spec private CommandSpec spec;

  private GpuCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Returns the command with those below it. */
  static CommandLine of(Terminal terminal) {
    return of(terminal, CudaBuild.current(), System.in);
  }

  /**
   * Returns the command for a build.
   *
   * @param in where answers come from
   */
  static CommandLine of(Terminal terminal, CudaBuild build, InputStream in) {
    return new CommandLine(new GpuCommand(terminal))
        .addSubcommand(new Install(terminal, build, in))
        .addSubcommand(new Status(terminal, build))
        .addSubcommand(new Remove(terminal, build));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(terminal.out());
    return 0;
  }

  /** What the commands have in common. */
  private abstract static class Below implements Callable<Integer> {

    final Terminal terminal;
    final CudaBuild build;

    @Option(
        names = "--cache",
        paramLabel = "FOLDER",
        description =
            "The folder for installations. Default: $CONTEXTURE_CACHE, else"
                + " $XDG_CACHE_HOME/contexture, else ~/.cache/contexture")
    private String cache;

    Below(Terminal terminal, CudaBuild build) {
      this.terminal = terminal;
      this.build = build;
    }

    CudaInstallation installation() {
      Path folder =
          cache == null
              ? CudaInstallation.cache(System.getenv())
              : Outputs.path("--cache", cache).toAbsolutePath();
      return new CudaInstallation(build, folder);
    }

    /** Says how the launcher finds a folder that it does not look in by itself. */
    void sayWhere(CudaInstallation installation) {
      Path usual = CudaInstallation.cache(System.getenv()).toAbsolutePath().normalize();
      Path parent = installation.folder().getParent();
      if (!parent.equals(usual)) {
        terminal.out().println("It is found with " + CudaInstallation.CACHE + "=" + parent);
      }
    }
  }

  /** Fetches and unpacks. */
  @Command(
      name = "install",
      header = "Fetch libtorch for CUDA, and CUDA itself if the system has none",
      description = {
        "Says what will be fetched, how large it is and under which terms, and asks"
            + " first. An interrupted",
        "transfer continues when the command is called again. JARs that Maven already has"
            + " are taken",
        "from its local repository, and a mirror of its settings.xml is used; both are looked for in ~/.m2."
      },
      footer = {
        "  contexture gpu install",
        "  contexture gpu install --accept-licence --cache /opt/contexture-cache",
        "  contexture gpu install --cuda-home /usr/local/cuda-12.6",
        "  contexture gpu install --repository https://maven.example.org/central"
      })
  private static final class Install extends Below implements CudaInstallation.Listener {

    private static final int MOST_COLUMNS = 120;

    private final InputStream in;

    @Option(
        names = "--cuda-home",
        paramLabel = "FOLDER",
        description =
            "Use the CUDA 12 and cuDNN 9 libraries in this folder, such as /usr/local/cuda, and"
                + " the system's for any it lacks. Default: the system's if they are complete, else"
                + " fetch them")
    private String cudaHome;

    @Option(names = "--fetch-cuda", description = "Fetch CUDA even if the system has its libraries")
    private boolean fetchCuda;

    @Option(
        names = "--repository",
        paramLabel = "URL",
        description =
            "Fetch from this Maven repository. Default: the mirror of Maven Central in"
                + " settings.xml, else Maven Central")
    private String repository;

    @Option(
        names = "--accept-licence",
        description = "Accept NVIDIA's terms for CUDA and cuDNN without being asked")
    private boolean accepted;

    private ProgressBar bar;

    Install(Terminal terminal, CudaBuild build, InputStream in) {
      super(terminal, build);
      this.in = in;
    }

    @Override
    public Integer call() throws IOException {
      if (cudaHome != null && fetchCuda) {
        throw new InputException("--fetch-cuda: expected without --cuda-home");
      }
      CudaInstallation installation = installation();
      if (installation.exists()) {
        terminal.out().println("It is installed already, in " + installation.folder());
        sayWhere(installation);
        return 0;
      }
      requireSystem();
      Outputs.requireRoomFor("--cache", installation.folder());
      MavenSettings maven = MavenSettings.ofUser();
      URI from = repository(repository == null ? maven.central() : repository);
      Path home = cudaHome == null ? null : Outputs.path("--cuda-home", cudaHome);
      CudaInstallation.Plan plan =
          installation.plan(home, fetchCuda, maven.localRepository(), System.getenv());
      terminal.accepted();
      announce(installation, plan, from);
      if (plan.nvidia() && !accepted) {
        ask();
      }
      long start = System.nanoTime();
      try {
        installation.install(plan, from, this);
      } finally {
        closeBar();
      }
      terminal
          .out()
          .println(
              Text.format(
                  "Installed in %s after %s. contexture doctor says whether it works here.",
                  installation.folder(), Progress.duration((System.nanoTime() - start) * 1e-9)));
      sayWhere(installation);
      return 0;
    }

    private static URI repository(String text) {
      try {
        URI uri = new URI(text);
        if (uri.getScheme() != null && uri.getScheme().matches("https?|file")) {
          return uri;
        }
      } catch (URISyntaxException e) {
        // said below
      }
      throw new InputException(
          "--repository: expected an address with http, https or file, got '" + text + "'");
    }

    /** The libraries are for one kind of system. */
    private void requireSystem() {
      String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      if (!system.equals("Linux amd64")) {
        throw new InputException(
            "gpu install: libtorch for CUDA is for Linux on x86-64, and this is " + system);
      }
      String glibc;
      try {
        glibc =
            NativeLibrary.getInstance("c")
                .getFunction("gnu_get_libc_version")
                .invokeString(null, false);
      } catch (UnsatisfiedLinkError e) {
        throw new InputException(
            "gpu install: libtorch for CUDA needs glibc, which is not here", e);
      }
      if (ModuleDescriptor.Version.parse(glibc)
              .compareTo(ModuleDescriptor.Version.parse(build.glibc()))
          < 0) {
        throw new InputException(
            Text.format(
                "gpu install: libtorch for CUDA needs glibc %s or newer, as Debian 12 and Ubuntu"
                    + " 22.04 have it, and this is %s",
                build.glibc(), glibc));
      }
    }

    private void announce(CudaInstallation installation, CudaInstallation.Plan plan, URI from) {
      terminal
          .out()
          .println(
              Text.format(
                  "libtorch %s for CUDA %s, from %s", build.libtorch(), build.cuda(), from));
      for (Artifact artifact : plan.artifacts()) {
        terminal
            .out()
            .println(
                Text.format(
                    "  %-60s %5.2f GB%s",
                    artifact.coordinates(),
                    artifact.bytes() / GB,
                    plan.local().containsKey(artifact) ? ", which Maven has already" : ""));
      }
      plan.system()
          .ifPresent(
              files ->
                  files.values().stream()
                      .map(Path::getParent)
                      .distinct()
                      .forEach(
                          folder -> terminal.out().println("  CUDA of the system, in " + folder)));
      terminal
          .out()
          .println(
              Text.format(
                  "To fetch: %.2f GB. On disk: %.2f GB in %s, and %.2f GB while it is installed.",
                  plan.download() / GB,
                  plan.unpacked() / GB,
                  installation.folder(),
                  plan.room() / GB));
      if (plan.nvidia()) {
        terminal
            .out()
            .println(
                """
                CUDA and cuDNN are NVIDIA's. They may be used under NVIDIA's terms, which whoever installs them accepts:
                  https://docs.nvidia.com/cuda/eula/
                  https://docs.nvidia.com/deeplearning/cudnn/latest/reference/eula.html""");
      }
      terminal
          .out()
          .println(
              "PyTorch and OpenBLAS have BSD licences, GCC's libraries the GPL with the runtime"
                  + " exception.");
    }

    /** Asks at a terminal; elsewhere nobody would answer. */
    private void ask() throws IOException {
      String answer = null;
      if (terminal.columns() > 0) {
        terminal.out().print("Accept, and go on? [y/N] ");
        terminal.out().flush();
        answer = new BufferedReader(new InputStreamReader(in, Charset.defaultCharset())).readLine();
      }
      if (answer == null) {
        throw new InputException(
            "gpu install: NVIDIA's terms must be accepted, and nobody can be asked:"
                + " --accept-licence");
      }
      if (!answer.strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
        throw new InputException("gpu install: not accepted, so nothing was fetched");
      }
    }

    @Override
    public void begins(Artifact artifact) {
      closeBar();
      String name = artifact.coordinates().split(":", -1)[1];
      if (terminal.columns() == 0) {
        terminal.err().println(Text.format("%s (%.2f GB)", name, artifact.bytes() / GB));
        return;
      }
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(artifact.bytes())
              .setUnit(" MB", 1_000_000)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .setConsumer(
                  new ConsoleProgressBarConsumer(
                      terminal.err(), Math.min(MOST_COLUMNS, terminal.columns()) - 1))
              .clearDisplayOnFinish()
              .build();
    }

    @Override
    public void fetched(long bytes) {
      if (bar != null) {
        bar.stepTo(bytes);
      }
    }

    @Override
    public void unpacks() {
      closeBar();
      terminal.err().println("unpacking");
    }

    private void closeBar() {
      if (bar != null) {
        bar.close();
        bar = null;
      }
    }
  }

  /** Says what is installed. */
  @Command(
      name = "status",
      header = "What is installed, and what must be set to use it from other programs",
      footer = "  contexture gpu status")
  private static final class Status extends Below {

    Status(Terminal terminal, CudaBuild build) {
      super(terminal, build);
    }

    @Override
    public Integer call() throws IOException {
      CudaInstallation installation = installation();
      if (!installation.exists()) {
        terminal.out().println("Not installed: there is no " + installation.folder());
        return 0;
      }
      List<String> missing = installation.missing();
      terminal
          .out()
          .println(
              Text.format(
                  "libtorch %s for CUDA %s in %s, %.2f GB",
                  build.libtorch(), build.cuda(), installation.folder(), installation.size() / GB));
      sayWhere(installation);
      missing.forEach(file -> terminal.out().println("missing: " + file));
      terminal.out().println("For programs other than contexture, before Java starts:");
      for (Map.Entry<String, String> variable : installation.environment().entrySet()) {
        terminal.out().println("  export " + variable.getKey() + "=" + variable.getValue());
      }
      return missing.isEmpty() ? 0 : 1;
    }
  }

  /** Removes what was installed. */
  @Command(
      name = "remove",
      header = "Remove what was installed or fetched",
      footer = "  contexture gpu remove")
  private static final class Remove extends Below {

    Remove(Terminal terminal, CudaBuild build) {
      super(terminal, build);
    }

    @Override
    public Integer call() throws IOException {
      CudaInstallation installation = installation();
      boolean there = installation.exists();
      installation.remove();
      terminal
          .out()
          .println((there ? "Removed " : "Nothing is installed in ") + installation.folder());
      return 0;
    }
  }
}
