import { formatPath } from "./path";
import { positionsIn } from "./positions";
import type { Position } from "./positions";
import { inOrder } from "./problem";
import type { Finding, Problem } from "./problem";
import type { PathFinding } from "./schema-problems";
import { createMask, findSecrets } from "./secrets";
import type { TextFinding } from "./source";
import { at, isRefused, pathAt, rangeOf } from "./tree-data";
import type { Range, Tree } from "./yaml-tree";

/** More problems than this have one cause, and nobody reads them. */
const most = 500;

/** Collects what is wrong with one file as problems with positions and paths, and keeps secrets out of them. */
export class ProblemList {
  private readonly problems: Problem[] = [];
  private readonly positionOf: (offset: number) => Position;
  private readonly mask: (message: string) => string;
  /** For each offset of the text, whether everything is said about it: what else is found there is a consequence. */
  private readonly claimed: Uint8Array;

  /** Without a tree, because the text is not YAML, problems are those of the file as a whole. */
  constructor(
    private readonly file: string,
    text: string,
    private readonly tree: Tree | undefined,
  ) {
    this.positionOf = positionsIn(text);
    this.mask = createMask(
      findSecrets(text).map(({ offset, length }) => text.slice(offset, offset + length)),
    );
    this.claimed = new Uint8Array(text.length + 1);
  }

  /** Adds findings that claim their stretch of the text: of several about one stretch, the first is kept. */
  addClaims(findings: readonly TextFinding[]): void {
    for (const finding of findings) {
      if (this.isFull() || this.isClaimed(finding)) continue;
      this.claimed.fill(1, finding.offset, finding.offset + Math.max(1, finding.length));
      this.addAt(finding);
    }
  }

  /** Adds findings about stretches of the text that no other finding has claimed. */
  addTexts(findings: readonly TextFinding[]): void {
    for (const finding of findings) if (!this.isFull() && !this.isClaimed(finding)) this.addAt(finding);
  }

  /** Adds findings about values and keys, where they are not claimed and not part of what is refused as a whole. */
  addPaths(findings: readonly PathFinding[]): void {
    const { tree } = this;
    if (tree === undefined) return;
    for (const finding of findings) {
      if (this.isFull()) return;
      const range = rangeOf(tree, finding.path, finding.point);
      const isText = finding.point === "key" || at(tree, finding.path)?.kind === "text";
      if (isRefused(tree, finding.path) || (isText && this.isClaimed(range))) continue;
      this.add(formatPath(finding.path), range, finding);
    }
  }

  /** From the top of the file down. */
  list(): readonly Problem[] {
    return inOrder(this.problems);
  }

  private isFull(): boolean {
    return this.problems.length >= most;
  }

  private isClaimed(range: Range): boolean {
    return this.claimed.subarray(range.offset, range.offset + Math.max(1, range.length)).includes(1);
  }

  private addAt(finding: TextFinding): void {
    const path = this.tree === undefined ? [] : pathAt(this.tree, finding.offset);
    this.add(formatPath(path), finding, finding);
  }

  private add(path: string, range: Range, finding: Finding): void {
    this.problems.push({
      file: this.file,
      ...this.positionOf(range.offset),
      path: this.mask(path),
      sentence: this.mask(finding.sentence),
      fix: this.mask(finding.fix),
    });
  }
}
