/**
 * What strangers' bytes are fed to: one target for each reader of an open port.
 *
 * <p>A target takes any bytes and either accepts or refuses them; everything else that it throws is
 * a finding. Beside that it holds the parser to what must be true of accepted input: the same
 * result however the bytes are cut, the same value after writing and reading it again, the same to
 * another reader; and whoever keeps something for a peer keeps within limits, and nothing of it
 * when the peer is gone. First class to read: {@link io.millrace.bench.fuzz.FuzzTarget}.
 */
@NullMarked
package io.millrace.bench.fuzz;

import org.jspecify.annotations.NullMarked;
