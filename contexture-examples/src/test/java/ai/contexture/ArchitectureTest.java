package ai.contexture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The shape of the project as a whole: which package is in which module, and who may know whom.
 *
 * <p>A new package is added to {@link #PACKAGES}. That every package says what it is for is
 * Checkstyle's to check, because javac drops a {@code package-info} without annotations.
 */
class ArchitectureTest {

  /** The modules, from left to right: each may know those before it. */
  private static final List<String> MODULES = List.of("core", "objectives", "models", "examples");

  private static final Map<String, List<String>> PACKAGES =
      Map.of(
          "core",
          List.of(
              "context",
              "data",
              "input",
              "measure",
              "neighbour",
              "random",
              "spectrum",
              "torch",
              "view"),
          "objectives",
          List.of("objective"),
          "models",
          List.of("encoder", "optimiser", "pretraining", "representation", "training"),
          "examples",
          List.of(
              "benchmark",
              "cli",
              "comparison",
              "cuda",
              "experiment",
              "experiment.study",
              "notebook",
              "plot",
              "prediction"));

  private static final Pattern LOCATION = Pattern.compile("/contexture-([a-z]+)[-/]");

  /** A string literal with an option in it. */
  private static final Pattern OPTION_IN_TEXT =
      Pattern.compile("^(?:[^\"]|\"(?:[^\"\\\\]|\\\\.)*\")*?\"(?:[^\"\\\\]|\\\\.)*?--[a-z]");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(
              location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
          .importPackages("ai.contexture");

  @Test
  void everyPackageIsInItsModule() {
    Map<String, String> found = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      found.put(type.getPackageName() + " in " + module(type), type.getName());
    }
    List<String> expected =
        PACKAGES.entrySet().stream()
            .flatMap(
                e -> e.getValue().stream().map(p -> "ai.contexture." + p + " in " + e.getKey()))
            .toList();

    assertThat(found).isNotEmpty();
    assertThat(found.keySet()).isSubsetOf(expected);
  }

  @Test
  void modulesKnowOnlyThoseToTheirLeft() {
    for (int i = 0; i < MODULES.size() - 1; i++) {
      String[] right =
          MODULES.subList(i + 1, MODULES.size()).stream()
              .flatMap(m -> Stream.of(packagesOf(m)))
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAnyPackage(packagesOf(MODULES.get(i)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(right)
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching("ai.contexture.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void publicTypesAreNamedForWhatTheyAre() {
    classes()
        .that()
        .arePublic()
        .should()
        .haveNameNotMatching(".*[.$]([A-Za-z0-9]*Impl|Abstract[A-Z].*|I[A-Z][a-z].*)")
        .because("an interface is a plain noun, its implementation a qualifier and that noun")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nothingStaticChanges() {
    fields()
        .that()
        .areStatic()
        .and(isWritten())
        .should()
        .beFinal()
        .andShould()
        .notHaveRawType(changes())
        .because("state lives in objects that somebody owns")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** Libraries name a {@code Setting}, which the command line words as its option. */
  @Test
  void librariesDoNotKnowTheOptionsOfTheCommandLine() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (String module : MODULES.subList(0, MODULES.size() - 1)) {
      for (Path file : sources(Path.of("..", "contexture-" + module, "src", "main", "java"))) {
        files++;
        Files.readString(file)
            .lines()
            .filter(line -> OPTION_IN_TEXT.matcher(line).find())
            .forEach(line -> found.add(file.getFileName() + ": " + line.strip()));
      }
    }

    assertThat(files).isGreaterThan(100);
    assertThat(found).isEmpty();
    assertThat(OPTION_IN_TEXT.matcher("say(\"give --drop x\");").find()).isTrue();
    assertThat(OPTION_IN_TEXT.matcher("counts[--at] + \"a\" + b[--c]").find()).isFalse();
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static DescribedPredicate<JavaField> isWritten() {
    return DescribedPredicate.describe(
        "are in the source", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC));
  }

  private static DescribedPredicate<JavaClass> changes() {
    return DescribedPredicate.describe(
        "changes",
        type ->
            type.isAssignableTo(AbstractCollection.class)
                || type.isAssignableTo(AbstractMap.class)
                || type.isAssignableTo(ThreadLocal.class)
                || type.isAssignableTo(StringBuilder.class)
                || type.getPackageName().equals("java.util.concurrent.atomic"));
  }

  private static String[] packagesOf(String module) {
    return PACKAGES.get(module).stream()
        .map(p -> "ai.contexture." + p + "..")
        .toArray(String[]::new);
  }

  private static String module(JavaClass type) {
    String location = type.getSource().orElseThrow().getUri().toString();
    String module = "unknown module, " + location;
    Matcher matcher = LOCATION.matcher(location);
    while (matcher.find()) {
      module = MODULES.contains(matcher.group(1)) ? matcher.group(1) : module;
    }
    return module;
  }
}
