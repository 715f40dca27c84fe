/** What destructive work asks before it acts (G13). */
export interface FuseCheck {
  /** @throws ValetError `fuse_blown`, saying what was found and what an operator has to decide */
  assertIntact(signal?: AbortSignal): Promise<void>;
}
