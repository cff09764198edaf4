package io.millrace.bench.jmh;

import io.millrace.control.token.AddressPrefix;
import io.millrace.control.token.TokenClaims;
import io.millrace.control.token.TokenFormat;
import io.millrace.control.token.TokenKey;
import io.millrace.control.token.TokenKeys;
import io.millrace.control.token.TokenScope;
import io.millrace.control.token.TokenVerifier;
import io.millrace.control.token.Verdict;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A viewer's token → whether it is genuine: an operation is one token. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenBenchmark {
  private static final int TOKENS = 1 << 14;

  /** Far fewer than there are tokens, which come one after another: none is found. */
  private static final int FEW = 64;

  private final String[] tokens = new String[TOKENS];
  private final TokenVerifier cold = new TokenVerifier(FEW);
  private final TokenVerifier warm = new TokenVerifier(4 * TOKENS);
  private int next;

  @Setup
  public void setUp() {
    TokenKey old = new TokenKey(1, new byte[32]);
    TokenKeys keys = new TokenKeys(List.of(new TokenKey(2, new byte[32]), old));
    cold.keys(keys);
    warm.keys(keys);
    for (int i = 0; i < TOKENS; i++) {
      TokenClaims claims =
          new TokenClaims(
              new TokenScope.OfChannel(new UUID(1, i)),
              new TokenClaims.Times(0, 1_800_000_000L),
              "%016x".formatted(i),
              "viewer-" + i,
              AddressPrefix.parse("203.0.113.0/24"),
              "");
      tokens[i] = TokenFormat.write(claims, old);
      if (!(verify(warm, tokens[i]) instanceof Verdict.Genuine)) {
        throw new IllegalStateException("not genuine: " + claims);
      }
    }
  }

  private String token() {
    next = (next + 1) & (TOKENS - 1);
    return tokens[next];
  }

  private static Verdict verify(TokenVerifier verifier, String token) {
    return verifier.verify(token, 0, token.length());
  }

  /** One that was not seen before, or long ago. */
  @Benchmark
  public Verdict cold() {
    return verify(cold, token());
  }

  /** One that a player has shown before. */
  @Benchmark
  public Verdict cached() {
    return verify(warm, tokens[0]);
  }
}
