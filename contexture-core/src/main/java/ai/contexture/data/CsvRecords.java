package ai.contexture.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The records of a parser, read by a thread of their own a few batches ahead of their use. */
final class CsvRecords implements AutoCloseable {

  /** What threads that read are called. */
  static final String THREAD = "contexture-csv";

  /** How many batches wait at most. */
  private static final int AHEAD = 4;

  /** How many characters of the file make a batch. */
  private static final int BATCH = 1 << 16;

  /** A record and the line of the file on which it ends. */
  record Row(CSVRecord cells, long end) {}

  /** Records that follow each other; after the last ones, what stopped the reading, if anything. */
  private record Batch(List<Row> rows, boolean last, Throwable thrown) {}

  private final Queue<Batch> batches = new ConcurrentLinkedQueue<>();
  private final Semaphore waiting = new Semaphore(0);
  private final Semaphore room = new Semaphore(AHEAD);
  private volatile boolean stopped;

  /** What ended the reading where there was no memory left to hand it over. */
  private volatile Error error;

  private Batch batch = new Batch(List.of(), false, null);
  private int position;

  /**
   * Starts to read.
   *
   * @param parser what is read, by nobody else until this is closed
   * @param records the records of the parser that are left
   * @param ended hears of the end of each record
   */
  CsvRecords(CSVParser parser, Iterator<CSVRecord> records, Runnable ended) {
    Thread reader = new Thread(() -> read(parser, records, ended), THREAD);
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Returns the next record, null after the last one.
   *
   * @throws java.io.UncheckedIOException if the file cannot be read on from here
   */
  Row next() {
    while (position == batch.rows().size()) {
      if (batch.thrown() instanceof Error e) {
        throw e;
      }
      if (batch.thrown() instanceof RuntimeException e) {
        throw e;
      }
      if (batch.last()) {
        return null;
      }
      take();
    }
    return batch.rows().get(position++);
  }

  private void take() {
    waiting.acquireUninterruptibly();
    Batch next = batches.poll();
    batch = next == null ? new Batch(List.of(), true, error) : next;
    position = 0;
    room.release();
  }

  /** Stops the reading; once this returns the parser is not in use any more. */
  @Override
  public void close() {
    stopped = true;
    while (!batch.last()) {
      take();
    }
  }

  private void read(CSVParser parser, Iterator<CSVRecord> records, Runnable ended) {
    try {
      boolean last;
      do {
        last = readBatch(parser, records, ended);
      } while (!last);
    } catch (Error e) {
      error = e;
    } finally {
      waiting.release(); // of no batch: nobody waits for ever, and no memory is needed for it
    }
  }

  /** Reads records and hands them over, and returns whether they were the last ones. */
  private boolean readBatch(CSVParser parser, Iterator<CSVRecord> records, Runnable ended) {
    room.acquireUninterruptibly();
    List<Row> rows = new ArrayList<>();
    boolean last = false;
    RuntimeException thrown = null;
    try {
      long begin = -1;
      long here = begin;
      while (!last && here < begin + BATCH) {
        last = stopped || !records.hasNext();
        if (!last) {
          CSVRecord cells = records.next();
          ended.run();
          here = cells.getCharacterPosition();
          begin = begin < 0 ? here : begin;
          rows.add(new Row(cells, parser.getCurrentLineNumber()));
        }
      }
    } catch (RuntimeException e) {
      thrown = e;
      last = true;
    }
    batches.add(new Batch(rows, last, thrown));
    waiting.release();
    return last;
  }
}
