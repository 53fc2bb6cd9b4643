import { describe, expect, test } from "vitest";
import { inParallel } from "../../cli/in-parallel";

describe("doing things in parallel", () => {
  test("keeps the order and never exceeds the limit", async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([5, 4, 3, 2, 1], 2, async (item) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, item));
      running -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 40, 30, 20, 10]);
    expect(most).toBe(2);
  });
});
