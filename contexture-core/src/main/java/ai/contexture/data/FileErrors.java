package ai.contexture.data;

import ai.contexture.input.InputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Says which file an error is about; those of streams do not know. */
public final class FileErrors {

  private FileErrors() {}

  /**
   * Returns an error that names its file: the same where it does so already.
   *
   * @throws InputException in its place if the file was read, but holds no text
   */
  public static IOException of(Path file, IOException e) {
    if (e instanceof FileSystemException known && known.getFile() != null) {
      return e;
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (e instanceof CharacterCodingException) {
      throw new InputException(file + ": the text is not UTF-8", e);
    }
    FileSystemException named = new FileSystemException(file.toString(), null, reason);
    named.initCause(e);
    return named;
  }
}
