package ai.contexture.representation;

import ai.contexture.context.Context;
import ai.contexture.context.ContextFiles;
import ai.contexture.context.Contexts;
import ai.contexture.context.Nodes;
import ai.contexture.context.Points;
import ai.contexture.data.AtomicFile;
import ai.contexture.data.Checksums;
import ai.contexture.data.FileErrors;
import ai.contexture.data.Fingerprint;
import ai.contexture.data.Preprocessing;
import ai.contexture.encoder.EncoderFactory;
import ai.contexture.encoder.Encoders;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Names;
import ai.contexture.input.Text;
import ai.contexture.random.Seed;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A representation in a folder: its description, its parameters and the checksums of both.
 *
 * <p>What is read is compared with what is expected before memory is taken, and what does not fit
 * is refused in one line.
 */
final class RepresentationFolder {

  static final int FORMAT = 2;

  /** The first format, without checksums. */
  private static final int UNCHECKED = 1;

  private static final Logger logger = LoggerFactory.getLogger(Representation.class);

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private RepresentationFolder() {}

  /**
   * Writes a representation to a folder, which is made where it is missing: each file completely or
   * not at all, the description last.
   */
  static void write(Path folder, JsonObject description, ProjectedEncoder encoder)
      throws IOException {
    Files.createDirectories(folder);
    AtomicFile.write(
        folder.resolve(Representation.PARAMETERS),
        stream -> {
          DataOutputStream data = new DataOutputStream(stream);
          encoder.saveParameters(data);
          data.flush();
        });
    AtomicFile.write(folder.resolve(Representation.SERVING), RepresentationBlockFactory.PROPERTIES);
    JsonObject current = description.deepCopy();
    current.addProperty("format", FORMAT);
    String text = GSON.toJson(current) + "\n";
    Map<String, String> checksums = new LinkedHashMap<>();
    checksums.put(
        Representation.DESCRIPTION, Fingerprint.of(text.getBytes(StandardCharsets.UTF_8)));
    checksums.put(
        Representation.PARAMETERS, Fingerprint.of(folder.resolve(Representation.PARAMETERS)));
    Checksums.write(folder, checksums);
    AtomicFile.write(folder.resolve(Representation.DESCRIPTION), text);
  }

  /**
   * Reads a representation.
   *
   * @param given an encoder of one's own; null for that which the description names
   * @param manager takes the arrays
   * @throws InputException if the folder holds none, or one that is damaged or too new
   */
  static Representation read(Path folder, EncoderFactory given, NDManager manager)
      throws IOException {
    JsonObject description = readDescription(folder);
    if (!Files.isRegularFile(folder.resolve(Representation.PARAMETERS))) {
      throw new InputException(
          folder
              + ": expected "
              + Representation.PARAMETERS
              + " beside "
              + Representation.DESCRIPTION
              + ", found none");
    }
    try (InputStream stream =
        new BufferedInputStream(
            Files.newInputStream(folder.resolve(Representation.PARAMETERS)), 1 << 16)) {
      requireUnchanged(folder, description);
      JsonFields fields = JsonFields.of(Representation.DESCRIPTION, description);
      Preprocessing preprocessing = Preprocessing.fromJson(fields.object("preprocessing"));
      boolean averaged = fields.flag("averaged");
      EncoderFactory factory = factory(given, fields.text("encoder"), preprocessing);
      Block plain = factory.build(fields.count("outputs"), Seed.of(0));
      requireShapes(
          folder.resolve(Representation.PARAMETERS),
          factory,
          plain,
          fields,
          preprocessing,
          manager);
      boolean normalised =
          description.has(Representation.NORMALISED) && fields.flag(Representation.NORMALISED);
      ProjectedEncoder encoder = ProjectedEncoder.empty(plain, normalised, averaged);
      encoder.loadParameters(manager, new DataInputStream(stream));
      if (averaged) {
        ContextFiles.requireSame(Representation.contextFiles(description));
        Context context =
            Contexts.parse(fields.text("context"))
                .fit(
                    Representation.data(
                        Points.all(encoder.points()),
                        preprocessing,
                        Representation.seed(description).derive("context"),
                        factory.readsGraph()));
        encoder.averageOver(
            context, Representation.drawn(context, fields.whole("draws"), description));
      }
      require("inputs", preprocessing.names().size(), fields.whole("inputs"));
      require("number of eigenvalues", encoder.features(), fields.numbers("eigenvalues").length);
      return new Representation(manager, preprocessing, encoder, description);
    } catch (InputException e) {
      throw new InputException(folder + ": " + e.getMessage(), e);
    } catch (EOFException e) {
      throw new InputException(
          folder
              + ": the saved representation is damaged: "
              + Representation.PARAMETERS
              + " ends too early",
          e);
    } catch (MalformedModelException | RuntimeException e) {
      // a damaged file makes DJL and Gson fail in many ways
      String reason = e.getMessage() == null ? "its files do not fit together" : e.getMessage();
      String or = given == null ? "" : ", or does not fit the encoder that was given";
      throw new InputException(
          folder + ": the saved representation is damaged" + or + ": " + reason, e);
    }
  }

  /** The encoder that was given, or that which the description names. */
  private static EncoderFactory factory(
      EncoderFactory given, String text, Preprocessing preprocessing) {
    if (given == null) {
      return named(text, preprocessing).forGroups(preprocessing.groups());
    }
    EncoderFactory factory = given.forGroups(preprocessing.groups());
    if (!Names.of(factory).equals(text)) {
      throw new InputException(
          Text.format("encoder: expected %s, got %s", text, Names.of(factory)));
    }
    return factory;
  }

  private static EncoderFactory named(String text, Preprocessing preprocessing) {
    try {
      EncoderFactory parsed = EncoderFactory.parse(text);
      return preprocessing.options().images().map(parsed::forImages).orElse(parsed);
    } catch (InputException e) {
      throw new InputException(
          Text.format(
              "encoder '%s': %s",
              text,
              !Encoders.knows(text)
                  ? "not one that Contexture has; one of your own is loaded by"
                      + " Representation.load(folder, encoder)"
                  : e.getMessage()),
          e);
    }
  }

  /** Requires what was saved; of folders from before there were checksums, only says so. */
  private static void requireUnchanged(Path folder, JsonObject description) throws IOException {
    if (description.get("format").getAsInt() == UNCHECKED) {
      logger.warn(
          "{}: saved before there were checksums, so that damage to it may go unnoticed", folder);
    } else {
      Checksums.require(folder, List.of(Representation.DESCRIPTION, Representation.PARAMETERS));
    }
  }

  /** Requires that the file holds the parameters of the encoder, before memory is taken. */
  private static void requireShapes(
      Path file,
      EncoderFactory factory,
      Block plain,
      JsonFields fields,
      Preprocessing preprocessing,
      NDManager manager)
      throws IOException {
    int inputs = preprocessing.names().size();
    int outputs = fields.whole("outputs");
    long rows = fields.has("data") ? fields.object("data").whole("pretrainingRows") : 0;
    int row = factory.readsGraph() ? Nodes.WIDTH : inputs;
    Map<String, Shape> projection =
        ProjectedEncoder.shapes(row, outputs, fields.count("dimension"), fields.flag("averaged"));
    if (Encoders.knows(plain)) {
      ParameterFile.require(file, projection, Encoders.shapes(plain, rows, inputs));
      return;
    }
    try (NDManager scope = manager.newSubManager()) {
      Block like = factory.build(outputs, Seed.of(0));
      like.initialize(scope, DataType.FLOAT32, new Shape(rows, inputs));
      ParameterFile.requireLike(file, projection, like);
    }
  }

  private static void require(String name, int expected, int got) {
    if (got != expected) {
      throw new InputException(
          Text.format(
              "%s: expected %s %d, got %d", Representation.DESCRIPTION, name, expected, got));
    }
  }

  /** Reads how raw rows become inputs from a folder that holds a representation. */
  static Preprocessing readPreprocessing(Path folder) throws IOException {
    return Preprocessing.fromJson(
        JsonFields.of(Representation.DESCRIPTION, readDescription(folder)).object("preprocessing"));
  }

  private static JsonObject readDescription(Path folder) throws IOException {
    Path file = folder.resolve(Representation.DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          folder + ": expected a folder with " + Representation.DESCRIPTION + ", found none");
    }
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new InputException(file + ": damaged, the text is not UTF-8", e);
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
    try {
      JsonObject description = JsonParser.parseString(text).getAsJsonObject();
      int format = description.get("format").getAsInt();
      if (format < UNCHECKED || format > FORMAT) {
        throw new InputException(
            Text.format(
                "%s: written by another version of contexture (format %d, this one reads up to"
                    + " %d)",
                file, format, FORMAT));
      }
      return description;
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException
        | UnsupportedOperationException e) {
      throw new InputException(file + ": not a description of a representation", e);
    }
  }
}
