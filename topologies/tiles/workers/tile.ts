/** Of a tile, in m. */
export const SIDE = 1000;
/** Between two points of a tile whose height is known, in m. */
const STEP = 10;
const ROW = SIDE / STEP;

/** One tile of the map: the heights of its points, row by row, in m. */
export class Tile {
  private constructor(private readonly heights: Float32Array) {}

  /** Stands for reading a large file: it takes `ms`, and makes the hills up. */
  static async load(name: string, ms: number): Promise<Tile> {
    const [column, row] = name.split("/").map(Number) as [number, number];
    const heights = new Float32Array(ROW * ROW);
    for (let i = 0; i < heights.length; i++) {
      const x = column * SIDE + (i % ROW) * STEP;
      const y = row * SIDE + Math.floor(i / ROW) * STEP;
      heights[i] = 500 + 200 * Math.sin(x / 2100) * Math.cos(y / 1700) + 40 * Math.sin((x + y) / 300);
    }
    await new Promise((resolve) => setTimeout(resolve, ms));
    return new Tile(heights);
  }

  /** At the known point next to it, in whole m. */
  heightAt(x: number, y: number): number {
    return Math.round(this.heights[Math.floor((y % SIDE) / STEP) * ROW + Math.floor((x % SIDE) / STEP)]!);
  }
}
