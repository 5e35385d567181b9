"""The five customer tiers as data, one file each."""

from infra.stack_file.stage_config import StageConfig
from stacks import stage1, stage2, stage3, stage4, stage5

STAGES: dict[int, StageConfig] = {
    module.STAGE.stage: module.STAGE for module in (stage1, stage2, stage3, stage4, stage5)
}
