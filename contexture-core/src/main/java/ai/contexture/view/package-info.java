/**
 * Random views of rows: changes of images, corruptions of table rows, noise. Start at {@link
 * ai.contexture.view.View}; {@link ai.contexture.view.Views} lists them by name.
 */
package ai.contexture.view;
