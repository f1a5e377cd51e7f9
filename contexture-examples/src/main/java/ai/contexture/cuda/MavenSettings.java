package ai.contexture.cuda;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a user's {@code settings.xml} says of where Maven finds things.
 *
 * @param localRepository the folder in which Maven keeps what it fetched
 * @param central the address that stands for Maven Central
 */
public record MavenSettings(Path localRepository, String central) {

  /** Maven Central itself. */
  public static final String CENTRAL = "https://repo1.maven.org/maven2";

  /** Returns the settings of a user. */
  public static MavenSettings ofUser() throws IOException {
    return of(Path.of(System.getProperty("user.home"), ".m2"));
  }

  /**
   * Reads the settings in a folder, which may lack them.
   *
   * @throws InputException if they are not XML
   */
  static MavenSettings of(Path folder) throws IOException {
    Path file = folder.resolve("settings.xml");
    Path repository = folder.resolve("repository");
    if (!Files.exists(file)) {
      return new MavenSettings(repository, CENTRAL);
    }
    Element settings;
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      settings = builder.parse(file.toFile()).getDocumentElement();
    } catch (SAXException | ParserConfigurationException e) {
      throw new InputException(file + ": no settings of Maven: " + e.getMessage(), e);
    }
    return new MavenSettings(
        text(settings, "localRepository").map(Path::of).orElse(repository),
        children(settings, "mirrors").stream()
            .flatMap(mirrors -> children(mirrors, "mirror").stream())
            .filter(mirror -> standsForCentral(text(mirror, "mirrorOf").orElse("")))
            .findFirst()
            .flatMap(mirror -> text(mirror, "url"))
            .orElse(CENTRAL));
  }

  /** Whether a list such as {@code *,!snapshots} has Maven Central in it. */
  private static boolean standsForCentral(String mirrorOf) {
    List<String> names = Arrays.stream(mirrorOf.split(",", -1)).map(String::strip).toList();
    return !names.contains("!central")
        && (names.contains("*") || names.contains("central") || names.contains("external:*"));
  }

  private static Optional<String> text(Element parent, String name) {
    return children(parent, name).stream()
        .findFirst()
        .map(child -> child.getTextContent().strip())
        .filter(text -> !text.isEmpty());
  }

  private static List<Element> children(Element parent, String name) {
    NodeList nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeType() == Node.ELEMENT_NODE && name.equals(node.getNodeName()))
        .map(Element.class::cast)
        .toList();
  }
}
