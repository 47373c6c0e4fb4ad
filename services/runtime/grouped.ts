/** How calls are grouped. */
export interface GroupLimits {
  /** Groups under way at once. */
  readonly atOnce: number;
  /** Calls of a group at most. */
  readonly most: number;
  /** Milliseconds that a call waits for its group to begin. */
  readonly patience: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes one of calls that come while others are under way, for work that costs little more for many than for one. A call
 * that finds a place free begins at the end of the event loop's turn, with those of that turn. `run` answers in the
 * items' order; what it throws is thrown by each call. Calls that find no place in time throw what `late` makes.
 */
export function grouped<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  late: () => Error,
  { atOnce, most, patience }: GroupLimits,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let planned = false;
  let timer: NodeJS.Timeout | undefined;

  const begin = (): void => {
    planned = false;
    while (underWay < atOnce && waiting.length > 0) void carryOut(waiting.splice(0, most));
    clearTimeout(timer);
    timer = waiting.length === 0 ? undefined : setTimeout(giveUp, patience);
  };
  const carryOut = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    underWay += 1;
    try {
      const results = await run(group.map(({ item }) => item));
      if (results.length !== group.length) throw new Error("a group has not as many answers as calls");
      for (const [index, result] of results.entries()) group[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      underWay -= 1;
      begin();
    }
  };
  const giveUp = (): void => {
    timer = undefined;
    const left = waiting;
    waiting = [];
    for (const { reject } of left) reject(late());
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // While no place is free, whoever ends begins the next group.
      if (underWay >= atOnce) timer ??= setTimeout(giveUp, patience);
      else if (!planned) {
        planned = true;
        setImmediate(begin);
      }
    });
}
