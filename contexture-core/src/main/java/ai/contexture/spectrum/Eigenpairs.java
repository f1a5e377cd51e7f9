package ai.contexture.spectrum;

import ai.djl.ndarray.NDArray;

/**
 * Eigenpairs of a {@link SymmetricOperator} matrix.
 *
 * @param values descending; there may be more of them than vectors
 * @param vectors [size, d], orthonormal columns
 * @param method how they were found
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, which nobody compares
record Eigenpairs(double[] values, NDArray vectors, String method) {}
