/**
 * The contract between nodes and control plane: what a node is told ({@link
 * io.millrace.control.link.NodeDirectory}), what it tells ({@link
 * io.millrace.control.link.NodeReports}), and the gRPC stream that carries both.
 *
 * <p>A node goes on with what it knows while the control plane is away: the directory is kept on
 * disk.
 */
@NullMarked
package io.millrace.control.link;

import org.jspecify.annotations.NullMarked;
