import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { CalendarQueries, type StudyDay } from './calendar.queries.js';
import { writeCalendar, type DayEvent } from './icalendar.js';

/** Writes the dates of a study as a calendar. */
@Injectable()
export class CalendarService {
  constructor(private readonly queries: CalendarQueries) {}

  async write(actor: Actor, studyId: number): Promise<string> {
    const name = await this.queries.studyName(studyId);
    const days = await this.queries.days(actor, studyId);
    return writeCalendar(
      name,
      days.map((day) => eventOf(name, day)),
    );
  }
}

function eventOf(study: string, day: StudyDay): DayEvent {
  return {
    uid: `${day.type}-${day.id}@studies.ctms`,
    start: day.start,
    end: day.end && day.end >= day.start ? day.end : undefined,
    summary: `${study}: ${titleOf(day)}`,
    description: day.type === 'monitoring_visit' && day.detail ? `Stage: ${words(day.detail)}` : undefined,
    location: day.place || undefined,
    status: day.settled ? 'CONFIRMED' : 'TENTATIVE',
    stamp: day.updatedAt,
  };
}

function titleOf({ type, name, detail, site }: StudyDay): string {
  const at = site ? `, site ${site}` : '';
  if (type === 'monitoring_visit') return `${words(name)} visit${at}`;
  if (type === 'milestone') return `${name}${at}`;
  return type === 'deviation' ? `Deviation due: ${name}${at}` : `Training of ${detail} ends: ${name}`;
}

const words = (code: string): string => code.replaceAll('_', ' ');
