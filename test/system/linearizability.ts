// Whether a history of concurrent operations has an order that respects time and explains every answer: the search of
// Wing and Gong, with Lowe's memory of what was tried before ("Testing for linearizability", 2017).

/** Who asked is of no matter, only when: from a single clock, `called` before `returned`. */
export interface Timed {
  readonly called: number;
  readonly returned: number;
}

/** A sequential machine. */
export interface Model<State, Operation> {
  readonly initialState: State;
  /** The state after the operation; null where the operation can't have had its answer in this state. */
  readonly step: (state: State, operation: Operation) => State | null;
  /** Equal for states that no operation can tell apart. */
  readonly keyOf: (state: State) => string;
}

export type Verdict<Operation> =
  | { readonly linearizable: true; readonly order: readonly Operation[] }
  /** `longest`: as far as any order came. `stuck`: the operations of which none could follow. */
  | {
      readonly linearizable: false;
      readonly longest: readonly Operation[];
      readonly stuck: readonly Operation[];
    };

/** One step of the order being tried, and what else could have stood in its place. */
interface Choice<State> {
  readonly before: State;
  readonly chosen: number;
  readonly others: number[];
}

export function linearize<State, Operation extends Timed>(
  model: Model<State, Operation>,
  history: readonly Operation[],
): Verdict<Operation> {
  const operations = history.toSorted((one, other) => one.called - other.called);
  const done = new Set<number>();
  let mask = 0n;
  const choices: Choice<State>[] = [];
  const tried = new Set<string>();
  let state = model.initialState;
  let open = candidates(operations, done);
  let longest: readonly Operation[] = [];
  let stuck = at(operations, open);

  while (done.size < operations.length) {
    const next = open.shift();
    if (next === undefined) {
      const undone = choices.pop();
      if (undone === undefined) return { linearizable: false, longest, stuck };
      done.delete(undone.chosen);
      mask ^= 1n << BigInt(undone.chosen);
      state = undone.before;
      open = undone.others;
      continue;
    }
    const operation = operations[next];
    const after = operation === undefined ? null : model.step(state, operation);
    if (after === null) continue;
    // Where the same operations led to the same state before, everything from here on was tried before.
    const reached = mask | (1n << BigInt(next));
    const key = `${reached.toString(36)} ${model.keyOf(after)}`;
    if (tried.has(key)) continue;
    tried.add(key);

    choices.push({ before: state, chosen: next, others: open });
    done.add(next);
    mask = reached;
    state = after;
    open = candidates(operations, done);
    if (choices.length > longest.length) {
      longest = orderOf(operations, choices);
      stuck = at(operations, open);
    }
  }
  return { linearizable: true, order: orderOf(operations, choices) };
}

function orderOf<Operation>(
  operations: readonly Operation[],
  choices: readonly Choice<unknown>[],
): readonly Operation[] {
  return at(
    operations,
    choices.map(({ chosen }) => chosen),
  );
}

function at<Operation>(operations: readonly Operation[], indices: readonly number[]): readonly Operation[] {
  return indices.flatMap((index) => operations.slice(index, index + 1));
}

/** Those that may come next: none that is not done had returned before they were called. */
function candidates(operations: readonly Timed[], done: ReadonlySet<number>): number[] {
  const found: number[] = [];
  let firstReturn = Number.POSITIVE_INFINITY;
  for (const [index, { called, returned }] of operations.entries()) {
    if (done.has(index)) continue;
    if (called > firstReturn) break;
    firstReturn = Math.min(firstReturn, returned);
    found.push(index);
  }
  return found;
}
