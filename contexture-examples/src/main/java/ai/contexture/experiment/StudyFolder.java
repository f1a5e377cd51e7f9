package ai.contexture.experiment;

import ai.contexture.data.AtomicFile;
import ai.contexture.data.FileErrors;
import ai.contexture.input.InputException;
import ai.contexture.input.JsonFields;
import ai.contexture.input.Text;
import ai.contexture.training.DivergedException;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The folder of a study: its options in {@code study.json}, each finished cell a line of {@code
 * cells.csv}, and the report on them.
 */
public final class StudyFolder {

  /** The name of the page in the folder. */
  public static final String REPORT = "report.html";

  private static final String OPTIONS = "study.json";
  private static final String CELLS = "cells.csv";
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private final Study study;
  private final Settings settings;
  private final Path data;
  private final Path path;
  private final CellFile cells;

  /** What study.json holds. */
  private record Saved(String study, int version, String data, Settings settings) {}

  /** Hears of the cells of a study. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Hears of a cell.
     *
     * @param row what was found
     * @param done how many cells have been measured or have failed, before and now
     * @param all how many there are
     * @param secondsLeft how long the others will take, going by those of now
     */
    void cell(CellResult row, int done, int all, double secondsLeft);
  }

  private StudyFolder(Study study, Settings settings, Path data, Path path) {
    this.study = study;
    this.settings = settings;
    this.data = data;
    this.path = path;
    List<String> columns = new ArrayList<>(study.parameters());
    columns.addAll(study.measures());
    this.cells = new CellFile(path.resolve(CELLS), columns);
  }

  /**
   * Creates the folder of a study that begins.
   *
   * @param data the folder of its datasets, or null for the digits alone
   */
  public static StudyFolder create(Study study, Settings settings, Path data, Path path)
      throws IOException {
    StudyFolder folder = new StudyFolder(study, settings, data, path);
    Files.createDirectories(path);
    String datasets = data == null ? null : data.toAbsolutePath().toString();
    Saved saved = new Saved(study.name(), study.version(), datasets, settings);
    try {
      AtomicFile.write(path.resolve(OPTIONS), GSON.toJson(saved) + "\n");
    } catch (IOException e) {
      Files.deleteIfExists(path); // so that the study can be begun again
      throw e;
    }
    folder.cells.create();
    return folder;
  }

  /**
   * Opens the folder of a study that was begun.
   *
   * @throws InputException if it holds no study or another one
   */
  public static StudyFolder open(Study study, Path path) throws IOException {
    Path file = path.resolve(OPTIONS);
    if (!Files.isRegularFile(file)) {
      throw new InputException(path + ": expected the folder of a study, with " + OPTIONS);
    }
    Saved saved;
    try {
      saved =
          JsonFields.of(
                  file.toString(),
                  Objects.requireNonNull(GSON.fromJson(Files.readString(file), JsonObject.class)))
              .record(Saved.class, Set.of("data"));
    } catch (JsonParseException | NullPointerException e) {
      throw new InputException(file + ": damaged, not the JSON of a study", e);
    } catch (IOException e) {
      throw FileErrors.of(file, e);
    }
    if (!saved.study.equals(study.name()) || saved.version != study.version()) {
      throw new InputException(
          Text.format(
              "%s: expected the study %s in version %d, got %s in version %d",
              path, study.name(), study.version(), saved.study, saved.version));
    }
    Path data = saved.data == null ? null : Path.of(saved.data);
    return new StudyFolder(study, saved.settings, data, path);
  }

  /** Returns the options that the study was begun with. */
  public Settings settings() {
    return settings;
  }

  /** Returns the folder of the datasets, where there is one. */
  public Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  /** Returns the place of the folder. */
  public Path path() {
    return path;
  }

  /** Returns what is finished or failed, in the order in which it was. */
  public List<CellResult> rows() throws IOException {
    return cells.read();
  }

  /**
   * Measures the cells that are missing, and adds each as soon as it is measured.
   *
   * @param jobs how many at once
   * @throws InputException if another process does the same
   */
  public void run(Study.Grid grid, int jobs, Listener listener) throws IOException {
    try (FileChannel options = FileChannel.open(path.resolve(OPTIONS), StandardOpenOption.WRITE);
        FileLock lock = options.tryLock()) {
      if (lock == null) {
        throw new InputException(path + ": another process is at work on this study");
      }
      cells.repair();
      Set<Map<String, String>> there = new LinkedHashSet<>();
      rows().forEach(row -> there.add(parameters(row)));
      List<Cell> all = grid.cells();
      List<Cell> missing = all.stream().filter(cell -> !there.contains(cell.parameters())).toList();
      run(new Work(grid, missing, all.size(), listener), jobs);
    }
  }

  private static void run(Work work, int jobs) {
    if (jobs == 1) {
      work.run();
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(jobs);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        futures.add(threads.submit(work));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
    }
  }

  private Map<String, String> parameters(CellResult row) {
    Map<String, String> parameters = new LinkedHashMap<>();
    study.parameters().forEach(name -> parameters.put(name, row.text(name)));
    return parameters;
  }

  /** Takes one cell after the other, in as many threads as run it. */
  private final class Work implements Runnable {

    private final Study.Grid grid;
    private final Queue<Cell> waiting;
    private final int all;
    private final Listener listener;
    private final long start = System.nanoTime();
    private double costLeft;
    private double costDone;
    private int done;
    private boolean broken;

    Work(Study.Grid grid, Collection<Cell> missing, int all, Listener listener) {
      this.grid = grid;
      this.waiting = new ArrayDeque<>(missing);
      this.all = all;
      this.listener = listener;
      this.costLeft = missing.stream().mapToDouble(Cell::cost).sum();
      this.done = all - missing.size();
    }

    @Override
    public void run() {
      for (Cell cell = next(); cell != null && !Thread.interrupted(); cell = next()) {
        add(cell, measured(grid, cell));
      }
    }

    private synchronized Cell next() {
      return waiting.poll();
    }

    private synchronized void add(Cell cell, CellResult row) {
      if (broken) {
        return; // a line may be incomplete, behind which another one would be lost
      }
      try {
        cells.append(row);
      } catch (IOException e) {
        broken = true;
        waiting.clear();
        throw new UncheckedIOException(e);
      }
      done++;
      costDone += cell.cost();
      costLeft = Math.max(0, costLeft - cell.cost());
      double seconds = (System.nanoTime() - start) * 1e-9;
      listener.cell(row, done, all, seconds / costDone * costLeft);
    }
  }

  private static CellResult measured(Study.Grid grid, Cell cell) {
    long start = System.nanoTime();
    Measures measures = new Measures();
    String problem = "";
    try {
      measures = grid.measure(cell);
    } catch (RuntimeException e) {
      problem = problem(e);
    }
    return CellResult.of(cell, measures, (System.nanoTime() - start) * 1e-9, problem);
  }

  /** One line on what went wrong, with the type of what no message was written for. */
  private static String problem(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    boolean explained =
        e instanceof IllegalArgumentException
            || e instanceof ArithmeticException
            || e instanceof DivergedException;
    return explained && !message.isEmpty()
        ? message
        : e.getClass().getSimpleName() + ": " + message;
  }

  /**
   * Writes {@value #REPORT} and the figures, from the cells so far.
   *
   * @return the report, to be shown elsewhere too
   * @throws InputException if no cell is finished
   */
  public StudyReport report() throws IOException {
    List<CellResult> rows = rows();
    if (rows.stream().noneMatch(CellResult::finished)) {
      throw new InputException(
          path
              + (rows.isEmpty()
                  ? ": no cell is finished, so that there is nothing to report"
                  : ": no cell could be measured; the first: " + rows.get(0).problem()));
    }
    StudyReport report = study.report(settings, rows);
    for (StudyReport.Drawing drawing : report.drawings()) {
      drawing.figure().write(path.resolve(drawing.name() + ".svg"));
      drawing.figure().write(path.resolve(drawing.name() + ".png"));
    }
    String page = ReportPage.of(study, settings, report, rows);
    AtomicFile.write(path.resolve(REPORT), page);
    return report;
  }
}
