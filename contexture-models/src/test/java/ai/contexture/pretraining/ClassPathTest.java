package ai.contexture.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the libraries bring into a program, by what is on the class path of their tests. */
class ClassPathTest {

  /** Terminals, protocol buffers and loggers, by the names of their jars. */
  private static final Pattern UNWANTED =
      Pattern.compile(
          "(jline|jansi|protobuf|logback|log4j|commons-logging|slf4j-(?!api)|picocli|progressbar)"
              + ".*\\.jar");

  private static List<String> jars(String path) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .map(entry -> Path.of(entry).getFileName().toString())
        .filter(name -> name.endsWith(".jar"))
        .toList();
  }

  private static List<String> unwanted(List<String> jars) {
    return jars.stream().filter(jar -> UNWANTED.matcher(jar).matches()).toList();
  }

  @Test
  void noTerminalProtocolBuffersOrLoggerComesAlong() {
    List<String> jars = jars(System.getProperty("java.class.path"));

    assertThat(jars).as("the class path is that of the tests").anyMatch(j -> j.startsWith("api-"));
    assertThat(jars).anyMatch(jar -> jar.startsWith("slf4j-api-"));
    assertThat(unwanted(jars)).isEmpty();
    assertThat(
            unwanted(
                List.of(
                    "slf4j-simple-2.0.17.jar",
                    "jline-terminal-3.29.0.jar",
                    "jansi-2.4.1.jar",
                    "protobuf-java-4.30.2.jar",
                    "logback-classic-1.5.20.jar",
                    "slf4j-api-2.0.17.jar",
                    "gson-2.13.1.jar")))
        .hasSize(5);
  }

  private static List<String> texts(Element within, String name) {
    NodeList found = within.getElementsByTagName(name);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent().strip())
        .toList();
  }

  /** The build refuses all that is not listed, so the list says what a program gets. */
  @Test
  void theListOfTheEnforcerHoldsNoneOfThem() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File("../pom.xml"));
    NodeList banned = pom.getElementsByTagName("bannedDependencies");
    assertThat(banned.getLength()).isEqualTo(1);
    Element rule = (Element) banned.item(0);
    assertThat(texts(rule, "exclude")).containsExactly("*:*:*:*:compile", "*:*:*:*:runtime");
    assertThat(texts(rule, "include"))
        .contains("org.slf4j:slf4j-api")
        .as("artifacts, or groups without any of these")
        .allMatch(one -> one.contains(":") || one.matches("ai\\.(contexture|djl\\.pytorch)"))
        .noneMatch(one -> UNWANTED.matcher(one.substring(one.indexOf(':') + 1) + ".jar").matches());
    for (String module : List.of("core", "objectives", "models")) {
      String text = Files.readString(Path.of("..", "contexture-" + module, "pom.xml"));
      assertThat(text).as(module).doesNotContain("enforcer");
    }
  }
}
