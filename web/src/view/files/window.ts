// Which rows of a long list are in view. Rows have one height, but an opened
// row is taller by its details; few are open at a time.

export class RowHeights {
  private readonly extras = new Map<number, number>();

  constructor(public rowHeight: number) {}

  /** Sets by how much the row at `index` is taller; 0 = not. */
  setExtra(index: number, pixels: number): void {
    if (pixels > 0) this.extras.set(index, pixels);
    else this.extras.delete(index);
  }

  clear(): void {
    this.extras.clear();
  }

  top(index: number): number {
    let y = index * this.rowHeight;
    for (const [i, extra] of this.extras) if (i < index) y += extra;
    return y;
  }

  height(index: number): number {
    return this.rowHeight + (this.extras.get(index) ?? 0);
  }

  /** The row at pixel y from the top of the list, between 0 and count - 1. */
  indexAt(y: number, count: number): number {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (this.top(mid) <= y) low = mid;
      else high = mid - 1;
    }
    return Math.max(0, low);
  }
}

export interface RowWindow {
  /** First row, and one past the last. */
  from: number;
  to: number;
}

const MARGIN = 6;

export function rowWindow(
  heights: RowHeights,
  count: number,
  scrollTop: number,
  viewport: number,
): RowWindow {
  if (count === 0) return { from: 0, to: 0 };
  return {
    from: Math.max(0, heights.indexAt(scrollTop, count) - MARGIN),
    to: Math.min(count, heights.indexAt(scrollTop + viewport, count) + 1 + MARGIN),
  };
}
