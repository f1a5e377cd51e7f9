/**
 * Results as notebooks show them: {@link ai.contexture.notebook.Tables} gives HTML, {@link
 * ai.contexture.notebook.Pictures} gives images. Nothing here knows a notebook's kernel: any that
 * shows HTML and images will do. Start at the notebooks themselves, in {@code
 * contexture-examples/notebooks}.
 */
package ai.contexture.notebook;
