/**
 * Nodes: who they are, how they join, where they are reached, and the directory that each of them
 * gets. Begin with {@link io.millrace.control.nodes.Nodes}.
 */
@NullMarked
package io.millrace.control.nodes;

import org.jspecify.annotations.NullMarked;
