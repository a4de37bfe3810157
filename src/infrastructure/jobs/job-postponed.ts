/** Result of a queued job that could not do its work yet: it runs again after so many seconds, and uses up no retry. */
export class JobPostponed {
  constructor(readonly seconds: number) {}
}
