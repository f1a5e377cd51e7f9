/**
 * The {@code contexture} command. Start at {@link ai.contexture.cli.Main}; each command is a class
 * of its own that reads options, calls the library and prints.
 */
package ai.contexture.cli;
