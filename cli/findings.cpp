#include "cli/findings.hpp"

namespace brugwacht {

void write_findings(JsonWriter& json, const std::vector<LintFinding>& findings, const Texts& texts) {
    json.begin_array();
    for (const LintFinding& finding : findings) {
        const Fault& fault = finding.fault;
        json.begin_object()
            .member("level", name(finding.level))
            .member("code", fault.code)
            .member("message", texts(fault.code + ".message", fault.args))
            .member("file", fault.file)
            .member("where", fault.where)
            .member("definition", finding.definition)
            .member("remedy", texts(fault.code + ".remedy", fault.args))
            .end_object();
    }
    json.end_array();
}

void print_finding(std::ostream& out, const LintFinding& finding, const Texts& texts, const std::string& indent) {
    out << indent << finding_text(finding, texts) << '\n'
        << indent << texts("lint.remedy", {{"remedy", texts(finding.fault.code + ".remedy", finding.fault.args)}}) << '\n';
}

}  // namespace brugwacht
