package ai.contexture.optimiser;

import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;

/** Writes optimisers as their text. */
final class OptimiserText extends TypeAdapter<Optimiser> {

  @Override
  public void write(JsonWriter out, Optimiser optimiser) throws IOException {
    out.value(optimiser.toString());
  }

  @Override
  public Optimiser read(JsonReader in) throws IOException {
    return Optimiser.parse(in.nextString());
  }
}
