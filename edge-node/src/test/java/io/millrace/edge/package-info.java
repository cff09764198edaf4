@NullMarked
package io.millrace.edge;

import org.jspecify.annotations.NullMarked;
