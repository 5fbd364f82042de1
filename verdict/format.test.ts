import { describe, expect, it } from 'vitest'
import {
  circled,
  formatBytes,
  formatCount,
  formatMs,
  formatMsInterval,
  formatRatio,
  formatRatioInterval,
  formatSeconds,
  formatUnit,
} from './format.ts'

describe('format', () => {
  it.each([
    [0.42, '0.42 ms'],
    [3.24, '3.2 ms'],
    [9.96, '10 ms'],
    [61.4, '61 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [3540, '3.5 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [221_000, '3 min 41 s'],
    [3_599_600, '1 h'],
    [14_400_000, '4 h'],
    [5_400_000, '1 h 30 min'],
    [-79_000, '-1 min 19 s'],
  ])('%d ms: %s', (ms, text) => expect(formatMs(ms)).toBe(text))

  it.each([
    [0, '0 %'],
    [0.0002, '0.02 %'],
    [0.9998, '99.98 %'],
    [0.05, '5 %'],
    [0.0498, '4.98 %'],
    [0.31, '31 %'],
    [1, '100 %'],
    [1e-8, '< 0.0001 %'],
    [1 - 1e-8, '> 99.9999 %'],
  ])('%d: %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text))

  it('writes counts, bytes, intervals and units as the reports show them', () => {
    expect(formatCount(48_210)).toBe('48,210')
    expect(formatBytes(96_000_000)).toBe('96 MB')
    expect(formatSeconds(600)).toBe('0.6 s')
    expect(formatMsInterval(58.2, 63.9)).toBe('[58, 64]')
    expect(formatMsInterval(900, 1400)).toBe('[900 ms, 1.4 s]')
    expect(formatMsInterval(58, null)).toBe('[58 ms, ∞]')
    expect(formatRatioInterval(0.0001, 0.0003)).toBe('[0.01, 0.03]')
    expect(formatUnit(120, 'perSecond')).toBe('120/s')
    expect(formatUnit(4120, 'count')).toBe('4,120')
    expect(circled(0)).toBe('①')
  })
})
