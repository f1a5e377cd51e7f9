package ai.contexture.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.contexture.input.InputException;
import ai.contexture.input.Message;
import ai.contexture.input.Setting;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OptionNamesTest {

  @Test
  void everySettingIsAnOptionOfPretrain() {
    var pretrain =
        Main.commandLine(new Terminal(System.out, System.err, 0, "contexture"))
            .getSubcommands()
            .get("pretrain")
            .getCommandSpec();

    assertThat(Arrays.stream(Setting.values()).map(Setting::toString))
        .allSatisfy(setting -> assertThat(pretrain.findOption("--" + setting)).isNotNull());
  }

  @Test
  void aSettingIsSaidAsItsOptionIsTyped() {
    Message message =
        Message.of(
            "t.csv: %s: give %s or %s",
            Setting.NUMERIC, Setting.DROP.toName("a b"), Setting.MISSING.toName("-999"));

    assertThat(OptionNames.text(message))
        .isEqualTo("t.csv: --numeric: give --drop 'a b' or --missing=-999");
    assertThat(OptionNames.text(new InputException(message))).isEqualTo(OptionNames.text(message));
  }
}
