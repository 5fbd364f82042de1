import { closeSync, fstatSync, fsyncSync, ftruncateSync, writeSync } from 'node:fs'

/**
 * A file that grows by whole lines. A disk that fills up in the middle of a write keeps no piece of
 * it: what comes after, when there is room again, would be glued to that piece and damage the record.
 */
export class LineFile {
  #file: number | null

  /** @param file open for appending; is closed by `close` */
  constructor(file: number) {
    this.#file = file
  }

  /**
   * Appends all of it or nothing. Late words after `close` are left out: the descriptor may belong to
   * another file by then.
   * @throws what the disk says
   */
  write(text: string): void {
    if (this.#file === null) return
    const bytes = Buffer.from(text)
    const { size } = fstatSync(this.#file)
    let written = 0
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written)
    } catch (error) {
      if (written > 0) ftruncateSync(this.#file, size)
      throw error
    }
  }

  /** Waits until everything is on the disk. */
  sync(): void {
    if (this.#file === null) throw new Error('the record is closed')
    fsyncSync(this.#file)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
