/**
 * Contexts: associations between an input and a context variable, and what each can give of them.
 * Start at {@link ai.contexture.context.Context}, then read {@link
 * ai.contexture.context.KnnContext}.
 */
package ai.contexture.context;
