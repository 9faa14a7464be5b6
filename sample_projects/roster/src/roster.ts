/** Minutes since midnight; a shift that ends before it starts goes on into the next day. */
export interface Shift {
  readonly person: string;
  readonly day: number;
  readonly start: number;
  readonly end: number;
}

export interface Rules {
  readonly longestShift: number;
  readonly shortestRest: number;
  readonly weeklyLimit: number;
}

export type Problem =
  | { readonly kind: 'too long'; readonly shift: Shift; readonly minutes: number }
  | { readonly kind: 'overlap' | 'short rest'; readonly first: Shift; readonly second: Shift }
  | { readonly kind: 'weekly limit'; readonly person: string; readonly minutes: number };

export const USUAL: Rules = { longestShift: 600, shortestRest: 660, weeklyLimit: 2880 };

const DAY = 24 * 60;

/** Read "Ann 1 08:00-16:30": a person, a day from 0 to 6, start and end. Throws SyntaxError. */
export function parseShift(line: string): Shift {
  const match = /^(\S+)\s+([0-6])\s+(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(line.trim());
  if (!match) {
    throw new SyntaxError(`not a shift: ${line}`);
  }
  const [hour, minute, toHour, toMinute] = match.slice(3).map(Number) as [number, number, number, number];
  if (Math.max(hour, toHour) > 23 || Math.max(minute, toMinute) > 59) {
    throw new SyntaxError(`not a time: ${line}`);
  }
  return {
    person: match[1]!,
    day: Number(match[2]),
    start: hour * 60 + minute,
    end: toHour * 60 + toMinute,
  };
}

/** How long a shift is. One that ends when it starts lasts a whole day. */
export function length(shift: Shift): number {
  return shift.end > shift.start ? shift.end - shift.start : shift.end + DAY - shift.start;
}

/** Minutes that fall between 23:00 and 06:00. */
export function nightMinutes(shift: Shift): number {
  let minutes = 0;
  const end = shift.start + length(shift);
  for (const [from, to] of [[0, 360], [1380, 1800], [2820, 2880]] as const) {
    minutes += Math.max(0, Math.min(end, to) - Math.max(shift.start, from));
  }
  return minutes;
}

function begins(shift: Shift): number {
  return shift.day * DAY + shift.start;
}

/** Everything that is wrong with a week's roster, person by person in the order of their names. */
export function check(shifts: readonly Shift[], rules: Rules = USUAL): Problem[] {
  const problems: Problem[] = [];
  const people = [...new Set(shifts.map((shift) => shift.person))].sort();
  for (const person of people) {
    const own = shifts.filter((shift) => shift.person === person).sort((a, b) => begins(a) - begins(b));
    let sum = 0;
    own.forEach((shift, index) => {
      const minutes = length(shift);
      sum += minutes;
      if (minutes > rules.longestShift) {
        problems.push({ kind: 'too long', shift, minutes });
      }
      const next = own[index + 1];
      if (next) {
        const rest = begins(next) - begins(shift) - minutes;
        if (rest < 0) {
          problems.push({ kind: 'overlap', first: shift, second: next });
        } else if (rest < rules.shortestRest) {
          problems.push({ kind: 'short rest', first: shift, second: next });
        }
      }
    });
    if (sum > rules.weeklyLimit) {
      problems.push({ kind: 'weekly limit', person, minutes: sum });
    }
  }
  return problems;
}
