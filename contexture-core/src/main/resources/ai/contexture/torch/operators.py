class Operators(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]

  def eigh(self: __torch__.Operators, a: Tensor) -> Tuple[Tensor, Tensor]:
    values, vectors = torch.linalg_eigh(a)
    return (values, vectors)

  def svd(self: __torch__.Operators, a: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    u, s, vt = torch.linalg_svd(a, False)
    return (u, s, vt)

  def qr(self: __torch__.Operators, a: Tensor) -> Tuple[Tensor, Tensor]:
    q, r = torch.linalg_qr(a)
    return (q, r)

  def cholesky(self: __torch__.Operators, a: Tensor) -> Tuple[Tensor, Tensor]:
    l, info = torch.linalg_cholesky_ex(a)
    return (l, info)

  def solve_lower(self: __torch__.Operators, l: Tensor, b: Tensor) -> Tensor:
    return torch.linalg_solve_triangular(l, b, upper=False)

  def solve(self: __torch__.Operators, a: Tensor, b: Tensor) -> Tensor:
    return torch.linalg_solve(a, b)

  def to_float32(self: __torch__.Operators, a: Tensor) -> Tensor:
    return torch.to(a, 6)

  def to_float64(self: __torch__.Operators, a: Tensor) -> Tensor:
    return torch.to(a, 7)

  def copy(self: __torch__.Operators, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target, source)

  def sparse_times(self: __torch__.Operators, dense: Tensor, offsets: Tensor, columns: Tensor, values: Tensor) -> Tensor:
    y, a, b, c = torch.embedding_bag(dense, columns, offsets, False, 0, False, values, True)
    return y

  def sparse_dense(self: __torch__.Operators, offsets: Tensor, columns: Tensor, values: Tensor, width: Tensor) -> Tensor:
    n = torch.sub(torch.size(offsets, 0), 1)
    lengths = torch.sub(torch.narrow(offsets, 0, 1, n), torch.narrow(offsets, 0, 0, n))
    rows = torch.repeat_interleave(torch.arange(n, dtype=4, device=ops.prim.device(values)), lengths)
    zeros = torch.zeros([n, int(torch.item(width))], dtype=7, device=ops.prim.device(values))
    at = annotate(List[Optional[Tensor]], [rows, columns])
    return torch.index_put(zeros, at, values, True)

  def sparse_select(self: __torch__.Operators, offsets: Tensor, columns: Tensor, values: Tensor, rows: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    starts = torch.index_select(offsets, 0, rows)
    lengths = torch.sub(torch.index_select(offsets, 0, torch.add(rows, 1)), starts)
    ends = torch.cumsum(lengths, 0)
    shifts = torch.repeat_interleave(torch.add(torch.sub(starts, ends), lengths), lengths)
    position = torch.add(shifts, torch.arange(torch.size(shifts, 0), dtype=4, device=ops.prim.device(values)))
    first = torch.zeros([1], dtype=4, device=ops.prim.device(values))
    return (torch.cat([first, ends]), torch.index_select(columns, 0, position), torch.index_select(values, 0, position))

  def sparse_draw(self: __torch__.Operators, offsets: Tensor, columns: Tensor, values: Tensor, uniform: Tensor) -> Tensor:
    n = torch.sub(torch.size(offsets, 0), 1)
    first = torch.unsqueeze(torch.narrow(offsets, 0, 0, n), 1)
    last = torch.sub(torch.unsqueeze(torch.narrow(offsets, 0, 1, n), 1), 1)
    sums = torch.cat([torch.zeros([1], dtype=7, device=ops.prim.device(values)), torch.cumsum(values, 0)])
    low = torch.gather(torch.expand(torch.unsqueeze(sums, 0), [n, -1]), 1, first)
    high = torch.gather(torch.expand(torch.unsqueeze(sums, 0), [n, -1]), 1, torch.add(last, 1))
    target = torch.add(low, torch.mul(torch.sub(high, low), uniform))
    position = torch.sub(torch.searchsorted(sums, target, right=True), 1)
    position = torch.minimum(torch.maximum(position, first), last)
    return torch.index_select(columns, 0, torch.flatten(position))

  def search_sorted(self: __torch__.Operators, cumulative: Tensor, uniform: Tensor) -> Tensor:
    last = torch.sub(torch.size(cumulative, 1), 1)
    total = torch.narrow(cumulative, 1, last, 1)
    position = torch.searchsorted(cumulative, torch.mul(uniform, total), right=True)
    return torch.clamp(position, None, last)

  def products(self: __torch__.Operators, left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    return torch.mm(left, torch.t(right), out=out)

  def scores(self: __torch__.Operators, left: Tensor, right: Tensor) -> Tensor:
    return torch.mm(left, torch.t(right))

  def manhattan(self: __torch__.Operators, left: Tensor, right: Tensor) -> Tensor:
    return torch.cdist(left, right, 1., None)

  def nearest(self: __torch__.Operators, scores: Tensor, queries: Tensor, columns: Tensor, options: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    k = int(torch.item(torch.select(options, 0, 0)))
    candidates = int(torch.item(torch.select(options, 0, 1)))
    first = int(torch.item(torch.select(options, 0, 2)))
    manhattan = int(torch.item(torch.select(options, 0, 3)))
    others = scores
    if torch.ge(first, 0):
      own = torch.arange(first, torch.add(first, torch.size(queries, 0)), dtype=4, device=ops.prim.device(queries))
      others = torch.scatter(scores, 1, torch.unsqueeze(own, 1), float("inf"))
    else:
      pass
    _0, index = torch.topk(others, candidates, 1, False, False)
    index, _1 = torch.sort(index, 1)
    distances = torch.zeros_like(index, dtype=7)
    for c in range(torch.size(columns, 0)):
      near = torch.take(torch.select(columns, 0, c), index)
      difference = torch.sub(near, torch.narrow(queries, 1, c, 1))
      if torch.eq(manhattan, 1):
        distances = torch.add(distances, torch.abs(difference))
      else:
        distances = torch.add(distances, torch.mul(difference, difference))
    _2, order = torch.sort(distances, stable=True, dim=1, descending=False)
    order = torch.narrow(order, 1, 0, k)
    return (torch.gather(index, 1, order), torch.gather(distances, 1, order), others)

  def nearest_of_all(self: __torch__.Operators, queries: Tensor, columns: Tensor, options: Tensor) -> Tuple[Tensor, Tensor]:
    k = int(torch.item(torch.select(options, 0, 0)))
    first = int(torch.item(torch.select(options, 0, 2)))
    manhattan = int(torch.item(torch.select(options, 0, 3)))
    distances = torch.zeros([torch.size(queries, 0), torch.size(columns, 1)], dtype=7, device=ops.prim.device(queries))
    for c in range(torch.size(columns, 0)):
      difference = torch.sub(torch.select(columns, 0, c), torch.narrow(queries, 1, c, 1))
      if torch.eq(manhattan, 1):
        distances = torch.add(distances, torch.abs(difference))
      else:
        distances = torch.add(distances, torch.mul(difference, difference))
    if torch.ge(first, 0):
      own = torch.arange(first, torch.add(first, torch.size(queries, 0)), dtype=4, device=ops.prim.device(queries))
      distances = torch.scatter(distances, 1, torch.unsqueeze(own, 1), float("inf"))
    else:
      pass
    sorted, order = torch.sort(distances, stable=True, dim=1, descending=False)
    return (torch.contiguous(torch.narrow(order, 1, 0, k)), torch.contiguous(torch.narrow(sorted, 1, 0, k)))

  def adamw(self: __torch__.Operators, parameters: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor], options: Tensor) -> Tensor:
    rate = float(torch.item(torch.select(options, 0, 0)))
    beta1 = float(torch.item(torch.select(options, 0, 1)))
    beta2 = float(torch.item(torch.select(options, 0, 2)))
    epsilon = float(torch.item(torch.select(options, 0, 3)))
    decay = float(torch.item(torch.select(options, 0, 4)))
    largest = float(torch.item(torch.select(options, 0, 5)))
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients)))
    if torch.gt(largest, 0.):
      torch._foreach_mul_(gradients, torch.clamp(torch.mul(torch.reciprocal(torch.add(norm, 1e-12)), largest), None, 1.))
    else:
      pass
    unused = annotate(List[Tensor], [])
    torch._foreach_add_(steps, 1)
    torch._fused_adamw_(parameters, gradients, means, squares, unused, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    torch._foreach_zero_(gradients)
    return norm
