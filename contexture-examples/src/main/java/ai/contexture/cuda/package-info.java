/**
 * The build of libtorch for NVIDIA GPUs, made of files of Maven Central. Start at {@link
 * ai.contexture.cuda.CudaBuild}, which says what there is, and {@link
 * ai.contexture.cuda.CudaInstallation}, which puts it into a folder.
 */
package ai.contexture.cuda;
