package ai.contexture.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel of the tests shows values and errors as notebooks need it. */
class TestKernelTest {

  @TempDir private static Path folder;

  private static ClassLoader before;
  private static TestKernel kernel;

  @BeforeAll
  static void start() throws IOException {
    before = Thread.currentThread().getContextClassLoader();
    kernel = new TestKernel("a:b:1", jar("artifact.jar", "artifact").toString());
  }

  @AfterAll
  static void stop() {
    kernel.close();
    Thread.currentThread().setContextClassLoader(before);
  }

  private static Path jar(String file, String name) throws IOException {
    Path path = folder.resolve(file);
    try (OutputStream stream = Files.newOutputStream(path);
        JarOutputStream jar = new JarOutputStream(stream)) {
      jar.putNextEntry(new JarEntry(name + ".txt"));
      jar.write(name.getBytes(StandardCharsets.UTF_8));
    }
    return path;
  }

  private static String text(String cell) throws Exception {
    return (String) kernel.eval(cell).getData(MIMEType.TEXT_PLAIN);
  }

  @Test
  void theLastValueIsShown() throws Exception {
    assertThat(text("int x = 2;\nx + 1")).isEqualTo("3");
    assertThat(text("String join(String a) {\n  return a + x;\n}\n\njoin(\"b\")")).isEqualTo("b2");
    assertThat(text("List.of(1, 2)\n    .stream()\n    .mapToInt(i -> i).sum()")).isEqualTo("3");
  }

  @Test
  void declarationsAndStatementsShowNothing() throws Exception {
    assertThat(kernel.eval("int y = 3;")).isNull();
    assertThat(kernel.eval("import java.nio.file.Path;")).isNull();
    assertThat(kernel.eval("int z = 1;\nif (z > 0) {\n  z = 5;\n}")).isNull();
    assertThat(kernel.eval("new ArrayList<String>().clear();")).isNull();
    assertThat(text("z")).isEqualTo("5");
  }

  @Test
  void whatDoesNotCompileIsAnError() throws Exception {
    assertThatThrownBy(() -> kernel.eval("int a = 1;\nint b = \"text\";"))
        .hasMessageContainingAll("incompatible types", "in: int b");
    assertThat(text("a")).as("what stands before it has run").isEqualTo("1");
    assertThatThrownBy(() -> kernel.eval("for (int i = 0;")).hasMessageContaining("incomplete");
    assertThatThrownBy(() -> kernel.eval("nowhere()")).hasMessageContaining("cannot find symbol");
  }

  @Test
  void whatIsThrownIsAnError() {
    assertThatThrownBy(() -> kernel.eval("Integer.parseInt(\"x\")"))
        .hasMessageContainingAll("NumberFormatException", "\"x\"");
    assertThatThrownBy(() -> kernel.eval("throw new IOException(\"gone\");"))
        .hasMessageContaining("java.io.IOException: gone");
  }

  @Test
  void htmlAndImagesAreShownAsSuch() throws Exception {
    DisplayData html = kernel.eval("render(\"<b>bold</b>\", \"text/html\")");
    assertThat(html.getData(MIMEType.TEXT_HTML)).isEqualTo("<b>bold</b>");

    DisplayData image = kernel.eval("new java.awt.image.BufferedImage(4, 3, 1)");
    String png = (String) image.getData(MIMEType.IMAGE_PNG);
    BufferedImage read =
        ImageIO.read(new ByteArrayInputStream(Base64.getMimeDecoder().decode(png)));
    assertThat(read.getWidth()).isEqualTo(4);
    assertThat(read.getHeight()).isEqualTo(3);
  }

  @Test
  void magicsAtTheBeginningOfALineAreCalls() {
    assertThat(
            TestKernel.withoutMagics(
                "int a = 5 % 3;\n%maven a:b:1\nList<String> l = %classpath x/*.jar y"))
        .isEqualTo(
            """
            int a = 5 % 3;
            lineMagic("maven", List.of("a:b:1"));
            List<String> l =lineMagic("classpath", List.of("x/*.jar", "y"));\
            """);
  }

  @Test
  void classPathTakesGlobs() throws Exception {
    jar("one.jar", "one");
    jar("two.jar", "two");
    String code = "List<String> added = %classpath " + folder + "/???.jar";

    assertThat(kernel.eval(code)).isNull();
    assertThat(text("added.size()")).isEqualTo("2");
    assertThat(text(resource("two"))).isEqualTo("true");
    assertThat(text(resource("three"))).isEqualTo("false");
  }

  @Test
  void mavenKnowsOneArtifact() throws Exception {
    assertThatThrownBy(() -> kernel.eval("%maven a:b:2")).hasMessageContaining("a:b:2");
    assertThat(kernel.eval("%maven a:b:1")).isNull();
    assertThat(text(resource("artifact"))).isEqualTo("true");
  }

  @Test
  void otherMagicsAreRefused() {
    assertThatThrownBy(() -> kernel.eval("%jars x.jar")).hasMessageContaining("jars");
  }

  /** A cell that tells whether a jar is on the class path. */
  private static String resource(String name) {
    return "Thread.currentThread().getContextClassLoader().getResource(\""
        + name
        + ".txt\") != null";
  }
}
