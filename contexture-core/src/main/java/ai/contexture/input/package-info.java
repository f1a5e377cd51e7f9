/**
 * What users type: specifications such as {@code knn(k=30)}, names, numbers, and the one-line
 * errors that answer a mistake. Start at {@link ai.contexture.input.Spec}.
 */
package ai.contexture.input;
