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

  def least_ridge(self: __torch__.Operators, c: Tensor, unit: Tensor, options: Tensor) -> Tensor:
    ridge = float(torch.item(torch.select(options, 0, 0)))
    raises = int(torch.item(torch.select(options, 0, 1)))
    sizes = torch.mul(torch.pow(10., torch.arange(torch.add(raises, 1), dtype=7, device=ops.prim.device(c))), ridge)
    ridges = torch.mul(sizes, unit)
    identity = torch.eye(torch.size(c, 0), dtype=7, device=ops.prim.device(c))
    l, info = torch.linalg_cholesky_ex(torch.add(torch.unsqueeze(c, 0), torch.mul(torch.reshape(ridges, [-1, 1, 1]), identity)))
    least = torch.amin(torch.masked_fill(sizes, torch.ne(info, 0), float("inf")), [0])
    return torch.masked_fill(least, torch.isinf(least), float("nan"))

  def solve_lower(self: __torch__.Operators, l: Tensor, b: Tensor) -> Tensor:
    return torch.linalg_solve_triangular(l, b, upper=False)

  def solve(self: __torch__.Operators, a: Tensor, b: Tensor) -> Tensor:
    return torch.linalg_solve(a, b)

  def to_float32(self: __torch__.Operators, a: Tensor) -> Tensor:
    return torch.to(a, 6)

  def to_float64(self: __torch__.Operators, a: Tensor) -> Tensor:
    return torch.to(a, 7)

  def to_bfloat16(self: __torch__.Operators, a: Tensor) -> Tensor:
    return torch.to(a, 15)

  def to_like(self: __torch__.Operators, a: Tensor, other: Tensor) -> Tensor:
    return torch.to(a, other)

  def from_file(self: __torch__.Operators, name: Tensor, size: Tensor) -> Tensor:
    path = ""
    for i in range(torch.size(name, 0)):
      path = torch.add(path, torch.chr(int(torch.select(name, 0, i))))
    return torch.from_file(path, False, int(size), dtype=6)

  def copy(self: __torch__.Operators, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target, source)

  def sparse_times(self: __torch__.Operators, dense: Tensor, offsets: Tensor, columns: Tensor, values: Tensor) -> Tensor:
    y, a, b, c = torch.embedding_bag(dense, columns, offsets, False, 0, False, values, True)
    return y

  def sparse_times64(self: __torch__.Operators, dense: Tensor, offsets: Tensor, columns: Tensor, values: Tensor) -> Tensor:
    shape = [torch.sub(torch.size(offsets, 0), 1), torch.size(dense, 0)]
    return torch.mm(torch._sparse_csr_tensor_unsafe(offsets, columns, values, shape, dtype=7, device=ops.prim.device(values)), dense)

  def sparse_dense(self: __torch__.Operators, offsets: Tensor, columns: Tensor, values: Tensor, width: Tensor) -> Tensor:
    n = torch.sub(torch.size(offsets, 0), 1)
    lengths = torch.sub(torch.narrow(offsets, 0, 1, n), torch.narrow(offsets, 0, 0, n))
    rows = torch.repeat_interleave(torch.arange(n, dtype=4, device=ops.prim.device(values)), lengths, output_size=torch.size(values, 0))
    zeros = torch.zeros([n, int(torch.item(width))], dtype=7, device=ops.prim.device(values))
    at = annotate(List[Optional[Tensor]], [rows, columns])
    return torch.index_put(zeros, at, values, True)

  def sparse_select(self: __torch__.Operators, offsets: Tensor, columns: Tensor, values: Tensor, rows: Tensor, size: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    k = int(torch.item(size))
    b = torch.size(rows, 0)
    if torch.gt(k, 0):
      starts = torch.mul(torch.arange(torch.add(b, 1), dtype=4, device=ops.prim.device(values)), k)
      some = torch.reshape(torch.index(torch.reshape(columns, [-1, k]), annotate(List[Optional[Tensor]], [rows])), [-1])
      weights = torch.reshape(torch.index(torch.reshape(values, [-1, k]), annotate(List[Optional[Tensor]], [rows])), [-1])
    else:
      first = torch.index_select(offsets, 0, rows)
      lengths = torch.sub(torch.index_select(offsets, 0, torch.add(rows, 1)), first)
      ends = torch.cumsum(lengths, 0)
      shifts = torch.repeat_interleave(torch.add(torch.sub(first, ends), lengths), lengths)
      position = torch.add(shifts, torch.arange(torch.size(shifts, 0), dtype=4, device=ops.prim.device(values)))
      starts = torch.cat([torch.zeros([1], dtype=4, device=ops.prim.device(values)), ends])
      some = torch.index_select(columns, 0, position)
      weights = torch.index_select(values, 0, position)
    return (starts, some, weights)

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
    return torch.index(columns, annotate(List[Optional[Tensor]], [torch.flatten(position)]))

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

  def found(self: __torch__.Operators, roots: List[Tensor], seeds: List[Optional[Tensor]], by: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    found = torch.autograd.grad(roots, by, seeds, None, False, True)
    gradients = annotate(List[Tensor], [])
    reached = annotate(List[float], [])
    for i in range(torch.len(by)):
      gradient = found[i]
      if torch.__is__(gradient, None):
        _0 = torch.append(gradients, torch.zeros_like(by[i]))
        _1 = torch.append(reached, 0.)
      else:
        _2 = torch.append(gradients, unchecked_cast(Tensor, gradient))
        _3 = torch.append(reached, 1.)
    return (torch.tensor(reached, dtype=7), gradients)

  def gradients(self: __torch__.Operators, terms: List[Tensor], by: List[Tensor], scale: Tensor) -> Tuple[Tensor, List[Tensor]]:
    share = float(torch.item(scale))
    roots = annotate(List[Tensor], [])
    seeds = annotate(List[Optional[Tensor]], [])
    for i in range(torch.len(terms)):
      term = terms[i]
      if ops.prim.requires_grad(term):
        _0 = torch.append(roots, term)
        _1 = torch.append(seeds, torch.full_like(term, share))
      else:
        pass
    return (self).found(roots, seeds, by)

  def pullback(self: __torch__.Operators, outputs: Tensor, by: List[Tensor], gradient: Tensor) -> Tuple[Tensor, List[Tensor]]:
    return (self).found([outputs], annotate(List[Optional[Tensor]], [gradient]), by)

  def clip(self: __torch__.Operators, numbers: Tensor, arrays: List[Tensor], largest: float) -> Tensor:
    squares = annotate(List[Tensor], [])
    for i in range(torch.len(arrays)):
      array = torch.reshape(arrays[i], [-1])
      _0 = torch.append(squares, torch.dot(array, array))
    norm = torch.sqrt(torch.sum(torch.stack(squares), dtype=7))
    if torch.gt(largest, 0.):
      torch._foreach_mul_(arrays, torch.clamp(torch.mul(torch.reciprocal(torch.add(norm, 1e-12)), largest), None, 1.))
    else:
      pass
    return torch.cat([torch.to(numbers, 7), torch.reshape(norm, [1])])

  def add(self: __torch__.Operators, sums: List[Tensor], arrays: List[Tensor]) -> List[Tensor]:
    torch._foreach_add_(sums, arrays)
    return sums

  def adamw(self: __torch__.Operators, steps: Tensor, parameters: List[Tensor], gradients: List[Tensor], means: List[Tensor], squares: List[Tensor], options: List[float]) -> List[float]:
    rate = options[0]
    decay = options[1]
    beta1 = options[2]
    beta2 = options[3]
    epsilon = options[4]
    unused = annotate(List[Tensor], [])
    counts = annotate(List[Tensor], [])
    torch.add_(steps, 1)
    for i in range(torch.len(parameters)):
      _0 = torch.append(counts, steps)
    torch._fused_adamw_(parameters, gradients, means, squares, unused, counts, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return options

  def sgd(self: __torch__.Operators, parameters: List[Tensor], gradients: List[Tensor], velocities: List[Tensor], options: List[float]) -> List[float]:
    rate = options[0]
    decay = options[1]
    momentum = options[2]
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_mul_(parameters, torch.sub(1., torch.mul(rate, decay)))
    torch._foreach_add_(parameters, velocities, alpha=torch.neg(rate))
    return options

  def muon(self: __torch__.Operators, parameters: List[Tensor], gradients: List[Tensor], velocities: List[Tensor], options: List[float]) -> List[float]:
    rate = options[0]
    decay = options[1]
    momentum = options[2]
    rounds = int(options[3])
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    m = torch.flatten(torch.add(torch.stack(gradients), torch.stack(velocities), alpha=momentum), 2)
    rows = torch.size(m, 1)
    columns = torch.size(m, 2)
    tall = torch.gt(rows, columns)
    if tall:
      m = torch.transpose(m, 1, 2)
    else:
      pass
    m = torch.div(m, torch.add(torch.linalg_vector_norm(m, 2, [1, 2], True), 1e-7))
    if torch.gt(options[4], 0.):
      m = torch.to(m, 15)
    else:
      pass
    for _0 in range(rounds):
      a = torch.bmm(m, torch.transpose(m, 1, 2))
      b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
      m = torch.baddbmm(m, b, m, beta=3.4445, alpha=1)
    if tall:
      m = torch.transpose(m, 1, 2)
    else:
      pass
    scale = torch.mul(torch.neg(rate), torch.pow(torch.div(float(ops.prim.max(rows, columns)), float(columns)), 0.5))
    like = torch.stack(gradients)
    directions = torch.unbind(torch.view_as(torch.contiguous(torch.to(m, ops.prim.dtype(like))), like))
    torch._foreach_mul_(parameters, torch.sub(1., torch.mul(rate, decay)))
    torch._foreach_add_(parameters, directions, alpha=scale)
    return options

  def average(self: __torch__.Operators, averages: List[Tensor], values: List[Tensor], options: List[float]) -> List[float]:
    torch._foreach_lerp_(averages, values, options[0])
    return options

  def activated(self: __torch__.Operators, y: Tensor, activation: int) -> Tensor:
    if torch.eq(activation, 0):
      z = torch.tanh(y)
    else:
      if torch.eq(activation, 1):
        z = torch.relu(y)
      else:
        z = torch.gelu(y)
    return z

  def perceptron(self: __torch__.Operators, x: Tensor, weights: List[Tensor], biases: List[Tensor], options: Tensor) -> Tensor:
    activation = int(torch.item(torch.select(options, 0, 0)))
    skip = bool(torch.item(torch.select(options, 0, 1)))
    last = torch.sub(torch.len(weights), 1)
    h = x
    for i in range(last):
      y = (self).activated(torch.linear(h, weights[i], biases[i]), activation)
      if torch.__and__(skip, torch.gt(i, 0)):
        h = torch.add(h, y)
      else:
        h = y
    return torch.linear(h, weights[last], biases[last])

  def perceptron_pass(self: __torch__.Operators, x: Tensor, weights: List[Tensor], biases: List[Tensor], options: Tensor) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
    activation = int(torch.item(torch.select(options, 0, 0)))
    skip = bool(torch.item(torch.select(options, 0, 1)))
    last = torch.sub(torch.len(weights), 1)
    inputs = [x]
    kept = annotate(List[Tensor], [])
    for i in range(last):
      h = inputs[i]
      linear = torch.linear(h, weights[i], biases[i])
      y = (self).activated(linear, activation)
      if torch.eq(activation, 2):
        _0 = torch.append(kept, linear)
      else:
        _1 = torch.append(kept, y)
      if torch.__and__(skip, torch.gt(i, 0)):
        _2 = torch.append(inputs, torch.add(h, y))
      else:
        _3 = torch.append(inputs, y)
    return (torch.linear(inputs[last], weights[last], biases[last]), inputs, kept)

  def perceptron_pullback(self: __torch__.Operators, gradient: Tensor, weights: List[Tensor], inputs: List[Tensor], kept: List[Tensor], options: Tensor) -> Tuple[List[Tensor], List[Tensor]]:
    activation = int(torch.item(torch.select(options, 0, 0)))
    skip = bool(torch.item(torch.select(options, 0, 1)))
    last = torch.sub(torch.len(weights), 1)
    by_weights = annotate(List[Tensor], [])
    by_biases = annotate(List[Tensor], [])
    g = gradient
    around = gradient
    for j in range(torch.add(last, 1)):
      i = torch.sub(last, j)
      _0 = torch.append(by_weights, torch.mm(torch.t(g), inputs[i]))
      _1 = torch.append(by_biases, torch.sum(g, [0]))
      if torch.gt(i, 0):
        if torch.__and__(skip, torch.lt(i, last)):
          back = torch.addmm(around, g, weights[i])
        else:
          back = torch.mm(g, weights[i])
        around = back
        z = kept[torch.sub(i, 1)]
        if torch.eq(activation, 0):
          g = torch.tanh_backward(back, z)
        else:
          if torch.eq(activation, 1):
            g = torch.threshold_backward(back, z, 0)
          else:
            g = torch.gelu_backward(back, z)
      else:
        pass
    torch.reverse(by_weights)
    torch.reverse(by_biases)
    return (by_weights, by_biases)

  def vicreg(self: __torch__.Operators, z: Tensor, options: List[float]) -> Tuple[Tensor, Tensor]:
    r = int(options[0])
    n = torch.floordiv(torch.size(z, 0), r)
    d = torch.size(z, 1)
    m = float(torch.sub(n, 1))
    a = torch.div(torch.mul(2., options[1]), float(torch.mul(torch.mul(n, d), torch.sub(r, 1))))
    b = torch.div(options[2], float(torch.mul(r, d)))
    c = torch.div(torch.mul(2., options[3]), float(torch.mul(r, d)))
    views = torch.reshape(z, [n, r, d])
    apart = torch.sub(views, torch.sum(views, [1], True), alpha=torch.div(1., float(r)))
    centred = torch.transpose(torch.sub(views, torch.sum(views, [0], True), alpha=torch.div(1., float(n))), 0, 1)
    moments = torch.div(torch.bmm(torch.transpose(centred, 1, 2), centred), m)
    variances = torch.diagonal(moments, 0, 1, 2)
    deviations = torch.sqrt(torch.add(variances, options[4]))
    missing = torch.relu(torch.rsub(deviations, 1.))
    slopes = torch.mul(torch.div(torch.gt(missing, 0.), deviations), torch.div(torch.neg(b), m))
    _0 = torch.zero_(variances)
    distances = torch.reshape(apart, [-1])
    products = torch.reshape(moments, [-1])
    invariant = torch.mul(torch.dot(distances, distances), a)
    varied = torch.mul(torch.sum(missing), b)
    covaried = torch.mul(torch.dot(products, products), c)
    _1 = torch.mul_(moments, torch.div(torch.mul(4., c), m))
    _2 = torch.copy_(variances, slopes)
    gradient = torch.add(torch.transpose(torch.bmm(centred, moments), 0, 1), apart, alpha=torch.mul(2., a))
    return (torch.stack([invariant, varied, covaried]), torch.reshape(gradient, [-1, d]))


  def mixed(self: __torch__.Operators, numbers: Tensor) -> Tensor:
    z = torch.__ixor__(numbers, torch.__and__(torch.__rshift__(numbers, 30), 17179869183))
    z = torch.mul_(z, -4658895280553007687)
    z = torch.__ixor__(z, torch.__and__(torch.__rshift__(z, 27), 137438953471))
    z = torch.mul_(z, -7723592293110705685)
    return torch.__ixor__(z, torch.__and__(torch.__rshift__(z, 31), 8589934591))

  def words(self: __torch__.Operators, like: Tensor, seed: Tensor, count: Tensor) -> Tensor:
    z = torch.arange(1, torch.add(int(torch.item(count)), 1), dtype=4, device=ops.prim.device(like))
    return (self).mixed(torch.add_(torch.mul_(z, -7046029254386353131), int(torch.item(seed))))

  def uniform(self: __torch__.Operators, like: Tensor, seed: Tensor, count: Tensor) -> Tensor:
    z = torch.__and__(torch.__rshift__((self).words(like, seed, count), 11), 9007199254740991)
    return torch.mul(torch.to(z, 7), 1.1102230246251565e-16)

  def below(self: __torch__.Operators, like: Tensor, seed: Tensor, count: Tensor, bound: Tensor) -> Tensor:
    z = torch.__and__(torch.__rshift__((self).words(like, seed, count), 32), 4294967295)
    return torch.__rshift__(torch.mul_(z, int(torch.item(bound))), 32)

  def dropout(self: __torch__.Operators, x: Tensor, seed: Tensor, share: Tensor) -> Tensor:
    p = float(torch.item(share))
    z = torch.arange(torch.numel(x), dtype=4, device=ops.prim.device(x))
    z = (self).mixed(torch.add_(torch.mul_(z, -7046029254386353131), int(torch.item(seed))))
    dropped = torch.lt(torch.__and__(z, 16777215), int(torch.mul(p, 16777216.)))
    kept = torch.masked_fill(x, torch.view_as(dropped, x), 0.)
    return torch.mul(kept, torch.div(1., torch.sub(1., p)))

  def batch_norm(self: __torch__.Operators, x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, training: Tensor) -> Tensor:
    return torch.batch_norm(x, gamma, beta, mean, variance, bool(torch.item(training)), 0.1, 1.0000000000000001e-05, True)

  def layer_norm(self: __torch__.Operators, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return torch.group_norm(x, 1, gamma, beta, 1.0000000000000001e-05, True)

  def tokens(self: __torch__.Operators, x: Tensor, weight: Tensor, bias: Tensor, groups: Tensor, first: Tensor) -> Tensor:
    b = torch.size(x, 0)
    parts = torch.mul(torch.unsqueeze(x, 2), weight)
    columns = torch.index_add(torch.expand(bias, [b, -1, -1]), 1, groups, parts)
    return torch.cat([torch.expand(torch.reshape(first, [1, 1, -1]), [b, -1, -1]), columns], 1)

  def attention(self: __torch__.Operators, x: Tensor, weight: Tensor, bias: Tensor, heads: Tensor) -> Tensor:
    h = int(torch.item(heads))
    b = torch.size(x, 0)
    t = torch.size(x, 1)
    w = torch.size(x, 2)
    each = torch.floordiv(w, h)
    all = torch.permute(torch.reshape(torch.linear(x, weight, bias), [b, t, 3, h, each]), [2, 0, 3, 1, 4])
    q, k, v, = torch.unbind(all, 0)
    scores = torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), torch.pow(each, -0.5))
    mixed = torch.matmul(torch.softmax(scores, 3), v)
    return torch.reshape(torch.transpose(mixed, 1, 2), [b, t, w])

  def affine(self: __torch__.Operators, images: Tensor, maps: Tensor, options: Tensor) -> Tensor:
    border = int(torch.item(torch.select(options, 0, 0)))
    size = [torch.size(images, 0), torch.size(images, 1), torch.size(images, 2), torch.size(images, 3)]
    grid = torch.affine_grid_generator(maps, size, False)
    return torch.grid_sampler(images, grid, 0, border, False)

  def log_mixture(self: __torch__.Operators, products: Tensor, rows: Tensor, views: Tensor, options: Tensor) -> Tensor:
    total = torch.mul(products, 0.)
    for i in range(torch.size(options, 0)):
      term = torch.select(options, 0, i)
      a = float(torch.item(torch.select(term, 0, 0)))
      b = float(torch.item(torch.select(term, 0, 1)))
      c = float(torch.item(torch.select(term, 0, 2)))
      d = float(torch.item(torch.select(term, 0, 3)))
      log = torch.add(torch.mul(products, a), torch.add(torch.mul(rows, b), torch.add(torch.mul(views, c), d)))
      if torch.eq(i, 0):
        total = log
      else:
        total = torch.logaddexp(total, log)
    return total
