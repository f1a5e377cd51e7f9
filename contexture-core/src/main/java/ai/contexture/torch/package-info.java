/**
 * Operators of libtorch that DJL's arrays lack, called without Python, and what is built directly
 * upon them. Start at {@link ai.contexture.torch.Torch}.
 */
package ai.contexture.torch;
