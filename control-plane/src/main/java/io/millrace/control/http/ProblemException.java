package io.millrace.control.http;

/** Ends a request with a problem document. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail(), /* cause= */ null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
