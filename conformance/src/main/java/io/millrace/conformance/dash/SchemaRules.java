package io.millrace.conformance.dash;

import io.millrace.conformance.Findings;
import io.millrace.conformance.Rule;
import io.millrace.conformance.dash.MpdSchema.Attribute;
import io.millrace.conformance.dash.MpdSchema.Child;
import io.millrace.conformance.dash.MpdSchema.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * Judges whether an MPD is made as the schema says (ISO/IEC 23009-1 Annex B): which elements stand
 * where and how often, and which attributes they have. Elements and attributes of other namespaces
 * may stand everywhere.
 */
final class SchemaRules {
  private final String address;
  private final Findings findings;

  private SchemaRules(String address, Findings findings) {
    this.address = address;
    this.findings = findings;
  }

  static void check(Document document, String address, Findings findings) {
    Element root = document.getDocumentElement();
    new SchemaRules(address, findings).element(root, root.getLocalName());
  }

  private void element(Element element, String path) {
    ElementType type = MpdSchema.types().get(element.getLocalName());
    if (type == null) {
      return;
    }
    List<Element> children = own(element);
    String problem = problem(children, type.children());
    findings.check(
        Rule.DASH_SCHEMA_ELEMENTS,
        problem.isEmpty(),
        () -> address + " " + path,
        () -> problem,
        () -> String.join(" ", type.children().stream().map(Child::name).toList()));
    attributes(element, type, path);
    for (Element child : children) {
      element(child, path + "/" + child.getLocalName());
    }
  }

  private static List<Element> own(Element element) {
    List<Element> children = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child
          && String.valueOf(element.getNamespaceURI()).equals(child.getNamespaceURI())) {
        children.add(child);
      }
    }
    return children;
  }

  /** What is wrong with a sequence of children; empty where nothing is. */
  private static String problem(List<Element> children, List<Child> sequence) {
    int at = 0;
    for (Child each : sequence) {
      int count = 0;
      while (at < children.size() && children.get(at).getLocalName().equals(each.name())) {
        at++;
        count++;
      }
      if (count < each.least()) {
        return "no " + each.name();
      }
      if (count > each.most()) {
        return "%d of %s".formatted(count, each.name());
      }
    }
    return at == children.size()
        ? ""
        : children.get(at).getLocalName() + (at == 0 ? "" : " behind " + name(children, at - 1));
  }

  private static String name(List<Element> children, int at) {
    return children.get(at).getLocalName();
  }

  private void attributes(Element element, ElementType type, String path) {
    for (Map.Entry<String, Attribute> each : type.attributes().entrySet()) {
      if (each.getValue().required()) {
        check(element.hasAttribute(each.getKey()), path, "no @" + each.getKey(), "it");
      }
    }
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      if (attributes.item(i) instanceof Attr attribute && attribute.getNamespaceURI() == null) {
        Attribute known = type.attributes().get(attribute.getName());
        String seen = "@%s \"%s\"".formatted(attribute.getName(), attribute.getValue());
        check(
            known != null && MpdSchema.form(known).matcher(attribute.getValue().strip()).matches(),
            path,
            seen,
            known == null ? "no attribute of that name" : "a value of form " + known.form());
      }
    }
  }

  private void check(boolean holds, String path, String seen, String expected) {
    findings.check(
        Rule.DASH_SCHEMA_ATTRIBUTES, holds, () -> address + " " + path, () -> seen, () -> expected);
  }
}
